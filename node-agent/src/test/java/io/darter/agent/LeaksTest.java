package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.http.EventLoops;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaksTest {
    @Test
    void aBufferThatNobodyReleasesIsFoundAndOneThatIsReleasedIsNot() throws Exception {
        try (EventLoops loops = new EventLoops(1)) {
            assertEquals(List.of(), Leaks.found());
            use(loops, true);
            assertEquals(List.of(), Leaks.found());
            use(loops, false);
            List<String> found = Leaks.found();
            assertEquals(1, found.size(), found.toString());
            assertTrue(found.getFirst().contains("LeaksTest"), found.getFirst());
        }
    }

    private static void use(EventLoops loops, boolean release) {
        ByteBuf buffer = loops.allocator().directBuffer(100);
        buffer.writeByte(1);
        if (release) {
            buffer.release();
        }
    }
}
