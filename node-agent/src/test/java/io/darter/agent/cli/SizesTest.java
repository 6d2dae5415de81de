package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SizesTest {
    @Test
    void bytesHaveNoDecimals() {
        assertEquals("0 B", Sizes.text(0));
        assertEquals("1023 B", Sizes.text(1023));
    }

    @Test
    void theLargestUnitThatFitsIsTaken() {
        assertEquals("1.0 KiB", Sizes.text(1024));
        assertEquals("1.5 MiB", Sizes.text(3 << 19));
        assertEquals("8388608.0 TiB", Sizes.text(Long.MAX_VALUE));
    }

    @Test
    void tenthsAreRounded() {
        assertEquals("0.1", Sizes.tenths(0.05));
        assertEquals("0.0", Sizes.tenths(0.049));
        assertEquals("10.0", Sizes.tenths(9.96));
    }
}
