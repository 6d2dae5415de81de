package io.darter.agent.identity;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The one word that lets a node in: who issued it, where it is redeemed, and by which CA the appliance is known.
 *
 * @param text the word itself; secret
 * @param caFingerprint SHA-256 of the CA certificate's DER form, lower-case hex
 * @param servers {@code https://host:port}
 */
public record JoinToken(String text, String caFingerprint, List<String> servers) {
    private static final String PREFIX = "darter1.";

    /** @throws DarterException JOIN_TOKEN_REFUSED if the word is cut, mistyped or something else */
    public static JoinToken parse(String word) throws DarterException {
        String text = word.strip();
        try {
            if (!text.startsWith(PREFIX)) {
                throw new IllegalArgumentException("it does not begin with " + PREFIX);
            }
            byte[] json = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
            return checked(text, Json.parse(new String(json, StandardCharsets.UTF_8)));
        } catch (RuntimeException e) {
            throw new DarterException(
                    ErrorCode.JOIN_TOKEN_REFUSED,
                    "Reading the join token",
                    "it is not a whole join token",
                    "Copy it again from the console, in one piece.");
        }
    }

    private static JoinToken checked(String text, Json fields) {
        String ca = fields.get("ca").text().orElse("");
        List<String> servers = fields.get("servers").texts();
        if (!ca.matches("[0-9a-f]{64}") || servers.isEmpty()) {
            throw new IllegalArgumentException("fields are missing");
        }
        List<String> urls = new ArrayList<>();
        for (String server : servers) {
            URI url = URI.create(server);
            if (!"https".equals(url.getScheme()) || url.getHost() == null) {
                throw new IllegalArgumentException("not an https address");
            }
            urls.add("https://" + url.getRawAuthority());
        }
        return new JoinToken(text, ca, List.copyOf(urls));
    }

    @Override
    public String toString() {
        return "join token for " + servers;
    }
}
