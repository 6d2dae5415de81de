package io.darter.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this agent reaches one registry or HTTP server.
 *
 * @param host as people name it in images: {@code host[:port]}, lower case
 * @param plainHttp http without TLS is meant; loopback hosts need no leave for it
 * @param ca PEM file of the CA that signed its certificate; the JDK's own list of CAs otherwise
 * @param username empty for anonymous access
 * @param passwordFile holds the password or access token, one line
 * @param url where the registry really is, if not at its name: {@code https://mirror.internal:8443}
 */
public record RegistrySettings(
        String host,
        boolean plainHttp,
        Optional<Path> ca,
        String username,
        Optional<Path> passwordFile,
        Optional<URI> url) {

    /** Nothing is set for this host: TLS, anonymous, at its own name. */
    public static RegistrySettings plain(String host) {
        return new RegistrySettings(host, false, Optional.empty(), "", Optional.empty(), Optional.empty());
    }
}
