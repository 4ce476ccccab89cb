package io.expunge.erasure;

import io.expunge.shared.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Stores together what many callers file at the same moment: while one transaction is made durable, the requests that
 * come in wait for the next one. A caller alone waits for nobody.
 */
@Component
class GroupCommit implements DisposableBean {

    private static final int MOST_AT_ONCE = 256;
    private static final int MOST_WAITING = 2_048;

    private final FilingTable table;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;

    private volatile boolean closed;

    GroupCommit(FilingTable table) {
        this.table = table;
        this.thread = Thread.ofPlatform().daemon().name("intake").start(this::work);
    }

    private record Waiting(Filing filing, CompletableFuture<Boolean> stored) {}

    /**
     * Stores a request, durable when this returns.
     *
     * @return whether it was stored; if not, its key was there first
     * @throws Problem 503 if more requests wait than will be served soon
     */
    boolean store(Filing filing) {
        var waiting = new Waiting(filing, new CompletableFuture<>());
        if (closed || !queue.offer(waiting)) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE, "too-busy", "more requests come in than can be stored; send it again");
        }
        try {
            return waiting.stored().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException why ? why : e;
        }
    }

    private void work() {
        var group = new ArrayList<Waiting>(MOST_AT_ONCE);
        try {
            while (!closed || !queue.isEmpty()) {
                group.add(queue.take());
                queue.drainTo(group, MOST_AT_ONCE - 1);
                store(group);
                group.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            queue.drainTo(group);
            group.forEach(waiting -> waiting.stored()
                    .completeExceptionally(new Problem(
                            Problem.Kind.UNAVAILABLE, "shutting-down", "this process ends; send it again")));
        }
    }

    /** One that the database refuses must not take others with it, so each of its group is tried alone. */
    private void store(List<Waiting> group) {
        try {
            answer(group, table.insert(group.stream().map(Waiting::filing).toList()));
        } catch (TransactionException | DataAccessResourceFailureException e) {
            group.forEach(waiting -> waiting.stored().completeExceptionally(e));
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                group.getFirst().stored().completeExceptionally(e);
            } else {
                group.forEach(waiting -> store(List.of(waiting)));
            }
        }
    }

    private static void answer(List<Waiting> group, Set<UUID> stored) {
        group.forEach(waiting ->
                waiting.stored().complete(stored.contains(waiting.filing().id())));
    }

    @Override
    public void destroy() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(5));
    }
}
