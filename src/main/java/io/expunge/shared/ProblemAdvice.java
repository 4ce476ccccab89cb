package io.expunge.shared;

import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** Every refusal leaves as application/problem+json and says which field was wrong. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final String UNIQUE_VIOLATION = "23505";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(Problem problem) {
        var answer = ResponseEntity.status(problem.status());
        if (problem.kind() == Problem.Kind.UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.body(body(problem));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> stale(OptimisticLockingFailureException e) {
        return refused(new Problem(Problem.Kind.STALE, "stale", "somebody else changed it meanwhile; read it again"));
    }

    /** Two requests made the same thing at the same moment; the database let one of them through. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> same(DataIntegrityViolationException e) throws Exception {
        if (e.getMostSpecificCause() instanceof SQLException why && UNIQUE_VIOLATION.equals(why.getSQLState())) {
            var problem = new Problem(
                    Problem.Kind.CONFLICT, "made-meanwhile", "another request makes the same thing; send it again");
            return ResponseEntity.status(problem.status())
                    .header(HttpHeaders.RETRY_AFTER, "1")
                    .body(body(problem));
        }
        return unexpected(e);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        QueryTimeoutException.class
    })
    ResponseEntity<ProblemDetail> databaseAway(Exception e) {
        log.warn("the database did not answer: {}", e.getClass().getSimpleName());
        var problem = new Problem(
                Problem.Kind.UNAVAILABLE, "database-unavailable", "the database does not answer; send it again");
        return ResponseEntity.status(problem.status())
                .header(HttpHeaders.RETRY_AFTER, "2")
                .body(body(problem));
    }

    /** A parameter outside what the contract allows; the value is not repeated. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> outsideTheContract(ConstraintViolationException e) {
        return refused(invalid(e.getConstraintViolations().stream()
                .map(violation -> new FieldProblem(last(violation.getPropertyPath()), violation.getMessage()))
                .toList()));
    }

    private static String last(Path path) {
        var name = "";
        for (var node : path) {
            name = node.getName() == null ? name : node.getName();
        }
        return name;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(Exception e) throws Exception {
        if (e instanceof AccessDeniedException || e instanceof AuthenticationException) {
            throw e;
        }
        if (connectionLost(e)) {
            return databaseAway(e);
        }
        var reference = UUID.randomUUID();
        log.error("unexpected failure {}", reference, e);
        var body = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "unexpected failure; quote " + reference + " to the operator");
        return ResponseEntity.internalServerError().body(unlocated(body));
    }

    /** SQL states of class 08 (connection exception) and 57P (the server stops); the pool's own have none. */
    private static boolean connectionLost(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                var state = sql.getSQLState();
                if (state == null
                        ? e instanceof JpaSystemException
                        : state.startsWith("08") || state.startsWith("57P")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var problem = JsonProblems.explain(fault(e));
        return handleExceptionInternal(e, body(problem), headers, problem.status(), request);
    }

    /** What Jackson found, which knows the field; else the cause of all. */
    private static Throwable fault(HttpMessageNotReadableException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof JacksonException || cause instanceof Problem) {
                return cause;
            }
        }
        return e.getMostSpecificCause();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var fields = e.getBindingResult().getFieldErrors().stream()
                .map(f -> new FieldProblem(f.getField(), String.valueOf(f.getDefaultMessage())))
                .toList();
        return handleExceptionInternal(e, body(invalid(fields)), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var fields = e.getParameterValidationResults().stream()
                .flatMap(result -> result instanceof ParameterErrors errors
                        ? errors.getFieldErrors().stream()
                                .map(f -> new FieldProblem(f.getField(), String.valueOf(f.getDefaultMessage())))
                        : result.getResolvableErrors().stream()
                                .map(error -> new FieldProblem(
                                        String.valueOf(
                                                result.getMethodParameter().getParameterName()),
                                        String.valueOf(error.getDefaultMessage()))))
                .toList();
        return handleExceptionInternal(e, body(invalid(fields)), headers, status, request);
    }

    /** The value is not repeated: it may be anything. */
    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var name = e instanceof MethodArgumentTypeMismatchException argument ? argument.getName() : e.getPropertyName();
        var problem = Problem.invalid(String.valueOf(name), "must be " + JsonProblems.expected(e.getRequiredType()));
        return handleExceptionInternal(e, body(problem), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var problem = Problem.invalid(e.getParameterName(), "is required");
        return handleExceptionInternal(e, body(problem), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var problem = new Problem(Problem.Kind.NOT_FOUND, "not-found", "nothing is served at this path");
        return handleExceptionInternal(e, body(problem), headers, status, request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return super.createResponseEntity(
                body instanceof ProblemDetail problem ? unlocated(problem) : body, headers, status, request);
    }

    /** Without an instance of its own an answer repeats the path, and somebody may have put anything there. */
    private static ProblemDetail unlocated(ProblemDetail body) {
        body.setInstance(URI.create("urn:uuid:" + UUID.randomUUID()));
        return body;
    }

    private static Problem invalid(List<FieldProblem> fields) {
        var detail = fields.isEmpty()
                ? "the request is not valid"
                : fields.getFirst().field() + " " + fields.getFirst().reason();
        return new Problem(Problem.Kind.INVALID, "invalid-field", detail, fields);
    }

    private static ProblemDetail body(Problem problem) {
        var body = ProblemDetail.forStatusAndDetail(problem.status(), String.valueOf(problem.getMessage()));
        body.setType(problem.type());
        List<FieldProblem> fields = problem.fields();
        if (!fields.isEmpty()) {
            body.setProperty("errors", fields);
        }
        return unlocated(body);
    }
}
