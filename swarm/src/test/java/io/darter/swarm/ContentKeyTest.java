package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentKeyTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void aKeyGivesBackTheDigestItWasMadeOf() {
        ContentKey key = ContentKey.ofSha256Hex(HEX);
        assertEquals(HEX, key.hex());
        assertEquals("sha256-" + HEX, key.toString());
        assertEquals(key, new ContentKey(key.toString()));
    }

    @Test
    void keysAreOrderedByTheirText() {
        ContentKey low = ContentKey.ofSha256Hex("0".repeat(64));
        ContentKey high = ContentKey.ofSha256Hex("f".repeat(64));
        assertTrue(low.compareTo(high) < 0);
        assertEquals(0, low.compareTo(ContentKey.ofSha256Hex("0".repeat(64))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "../3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            })
    void whatIsNotSixtyFourLowerCaseHexDigitsIsNoKey(String hex) {
        assertThrows(IllegalArgumentException.class, () -> ContentKey.ofSha256Hex(hex));
    }

    @Test
    void aRegistryStyleDigestIsNoKey() {
        assertThrows(IllegalArgumentException.class, () -> new ContentKey("sha256:" + HEX));
    }
}
