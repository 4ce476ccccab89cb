package io.expunge.console;

import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.ConstraintViolationException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;

/** What went wrong, as a page that says what happened and where to go on. */
@ControllerAdvice(basePackageClasses = ErrorPages.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class ErrorPages {

    private static final Logger log = LoggerFactory.getLogger(ErrorPages.class);

    private final Shell shell;

    ErrorPages(Shell shell) {
        this.shell = shell;
    }

    @ExceptionHandler
    ModelAndView refused(Problem problem, HttpServletResponse response) {
        return page(problem.status(), title(problem.status()), Refused.sentence(problem), response);
    }

    @ExceptionHandler
    ModelAndView outsideTheContract(ConstraintViolationException e, HttpServletResponse response) {
        return refused(Refused.problem(e), response);
    }

    /** The value may be anything, so it is not repeated. */
    @ExceptionHandler({MethodArgumentTypeMismatchException.class, MissingServletRequestParameterException.class})
    ModelAndView noSuchPage(HttpServletResponse response) {
        return page(HttpStatus.NOT_FOUND, "Nothing is here", "The address names nothing that there is.", response);
    }

    @ExceptionHandler
    ModelAndView forbidden(AccessDeniedException e, HttpServletResponse response) {
        return page(
                HttpStatus.FORBIDDEN,
                "Not with your roles",
                "Your roles do not allow this. An admin can give you others.",
                response);
    }

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    ModelAndView databaseAway(HttpServletResponse response) {
        log.warn("the database did not answer the console");
        return page(
                HttpStatus.SERVICE_UNAVAILABLE,
                "The database does not answer",
                "Nothing was changed. Try again in a moment.",
                response);
    }

    @ExceptionHandler
    ModelAndView unexpected(Exception e, HttpServletResponse response) {
        var reference = UUID.randomUUID();
        log.error("unexpected failure {}", reference, e);
        return page(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "That did not work",
                "Something unexpected happened. Quote " + reference + " to the operator.",
                response);
    }

    private static String title(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "Nothing is here";
            case FORBIDDEN -> "Not with your roles";
            case CONFLICT, PRECONDITION_FAILED -> "It has changed meanwhile";
            default -> "That was refused";
        };
    }

    private ModelAndView page(HttpStatus status, String title, String text, HttpServletResponse response) {
        var page = new ModelAndView("console/error", status);
        var model = new org.springframework.ui.ExtendedModelMap();
        try {
            shell.show(model);
        } catch (RuntimeException e) {
            log.debug("no menu on the page of an error", e);
        }
        page.addAllObjects(model);
        page.addObject("title", title);
        page.addObject("text", text);
        response.setStatus(status.value());
        return page;
    }
}
