package io.darter.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Mailbox<Integer> mailbox = new Mailbox<>(2);

    @Test
    void messagesComeOutInTheOrderInWhichTheyWentIn() throws Exception {
        mailbox.post(1);
        assertTrue(mailbox.offer(2));
        assertEquals(1, mailbox.take());
        assertEquals(2, mailbox.poll());
        assertNull(mailbox.poll());
    }

    @Test
    void whoCanWaitWaitsForRoomAndWhoCannotHasSomeMore() throws Exception {
        mailbox.post(1);
        mailbox.post(2);
        CompletableFuture<@Nullable Integer> third = inBackground(() -> {
            mailbox.post(5);
            return 5;
        });
        assertTrue(mailbox.offer(3));
        assertTrue(mailbox.offer(4));
        assertFalse(mailbox.offer(9), "twice the bound is the end");
        assertFalse(third.isDone());
        for (int expected = 1; expected <= 5; expected++) {
            assertEquals(expected, mailbox.take());
        }
        third.get(5, TimeUnit.SECONDS);
    }

    @Test
    void theTakerSleepsUntilSomethingComes() throws Exception {
        CompletableFuture<@Nullable Integer> taken = inBackground(mailbox::take);
        assertFalse(taken.isDone());
        mailbox.post(7);
        assertEquals(7, taken.get(5, TimeUnit.SECONDS));
    }

    @Test
    void closingFreesEverybody() throws Exception {
        CompletableFuture<@Nullable Integer> taken = inBackground(mailbox::take);
        mailbox.close();
        assertNull(taken.get(5, TimeUnit.SECONDS));
        mailbox.post(1);
        assertNull(mailbox.take(), "what comes after is dropped");
    }

    private interface Action {
        @Nullable
        Integer run() throws Exception;
    }

    private static CompletableFuture<@Nullable Integer> inBackground(Action action) {
        CompletableFuture<@Nullable Integer> done = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                done.complete(action.run());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }
}
