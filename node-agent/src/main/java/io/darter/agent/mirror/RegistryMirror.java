package io.darter.agent.mirror;

import io.darter.agent.errors.DarterException;
import io.darter.agent.http.ExchangeSink;
import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.mirror.KnownBlobs.Blob;
import io.darter.agent.mirror.MirrorPath.Manifest;
import io.darter.agent.mirror.MirrorPath.Passed;
import io.darter.agent.mirror.MirrorPath.Ping;
import io.darter.agent.mirror.MirrorPath.Repository;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.origin.Registries;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTasks;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry that container runtimes on this node see: the read side of the OCI distribution protocol. Manifests come
 * through the cluster's single flight, blobs through the swarm, verified. Credentials that a request carries are neither
 * used nor passed on.
 */
public final class RegistryMirror implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryMirror.class);

    private final Upstream upstream;
    private final MetaDesk desk;
    private final ContentTasks tasks;
    private final KnownBlobs known;

    public RegistryMirror(
            Registries registries, OriginClient origin, MetaDesk desk, ContentTasks tasks, InstantSource clock) {
        this.upstream = new Upstream(registries, origin, desk);
        this.desk = desk;
        this.tasks = tasks;
        this.known = new KnownBlobs(clock);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException, InterruptedException {
        String tried = exchange.method() + " " + exchange.path();
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            String advice = "Push to the registry itself.";
            Map<String, String> allow = Map.of("Allow", "GET, HEAD");
            OciErrors.send(exchange, 405, "UNSUPPORTED", "USAGE", tried, "a mirror is read-only", advice, allow);
            return;
        }
        Optional<MirrorPath> path = MirrorPath.parse(exchange.path(), exchange.query("ns"));
        if (path.isEmpty()) {
            String happened = "this is no path of a registry, or a name in it is not valid";
            OciErrors.send(
                    exchange, 404, "NAME_UNKNOWN", "USAGE", tried, happened, "Check the image's name.", Map.of());
            return;
        }
        try {
            switch (path.get()) {
                case Ping _ -> ping(exchange);
                case Manifest manifest -> manifest(exchange, manifest);
                case MirrorPath.Blob blob -> blob(exchange, blob);
                case Passed passed -> passed(exchange, passed);
            }
        } catch (DarterException e) {
            LOG.atInfo().log("{}: {}", tried, e.getMessage());
            OciErrors.send(exchange, e);
        }
    }

    private static void ping(HttpExchange exchange) throws IOException, InterruptedException {
        Map<String, String> headers =
                Map.of("Content-Type", "application/json", "Docker-Distribution-API-Version", "registry/2.0");
        exchange.respond(200, headers, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private void manifest(HttpExchange exchange, Manifest asked)
            throws DarterException, IOException, InterruptedException {
        Repository repository = asked.repository();
        MetaResponse response =
                upstream.manifest(asked, exchange.header("Accept").orElse(""));
        if (response.status() != 200) {
            String what = repository + (asked.byDigest() ? "@" : ":") + asked.reference();
            OciErrors.upstream(exchange, "MANIFEST_UNKNOWN", what, response.status());
            return;
        }
        String digest = Upstream.digest(response.body());
        if (refusedAsPurged(exchange, repository, digest)) {
            return;
        }
        if (!asked.byDigest()) {
            known.name(repository, digest, repository + ":" + asked.reference());
        }
        learn(repository, digest, response.body(), exchange.method().equals("GET"));
        Map<String, String> headers = headers(repository, digest);
        headers.put("Content-Type", response.headers().getOrDefault("content-type", "application/octet-stream"));
        exchange.respond(200, headers, response.body());
    }

    /** What the manifest refers to may be asked for from now on; a GET means that it will be. */
    private void learn(Repository repository, String digest, byte[] body, boolean announce) {
        String task = known.task(repository, digest);
        switch (ImageManifest.parse(body).orElse(new ImageManifest.Index(List.of()))) {
            case ImageManifest.Index(List<String> manifests) ->
                manifests.forEach(manifest -> known.name(repository, manifest, task));
            case ImageManifest.Image(Map<String, Long> blobs) -> {
                List<ContentSource> contents = new ArrayList<>();
                blobs.forEach((blob, size) -> {
                    known.allow(repository, blob, size, task);
                    contents.add(source(repository, blob, size));
                });
                if (announce) {
                    desk.announce(task, digest, contents);
                }
            }
        }
    }

    private void blob(HttpExchange exchange, MirrorPath.Blob asked)
            throws DarterException, IOException, InterruptedException {
        Repository repository = asked.repository();
        String digest = asked.digest();
        if (known.brokeJustNow(repository, digest)) {
            String happened = "the answer before this one had to be cut";
            String advice = "The runtime goes on at the registry by itself.";
            String tried = "Fetching " + repository + "@" + digest;
            OciErrors.send(exchange, 503, "UNAVAILABLE", "NO_SOURCE", tried, happened, advice, Map.of());
            return;
        }
        Optional<Blob> blob = known.blob(repository, digest);
        if (blob.isEmpty()) {
            MetaResponse head = upstream.blobHead(repository, digest);
            long size = contentLength(head);
            if (head.status() != 200 || size < 0) {
                OciErrors.upstream(exchange, "BLOB_UNKNOWN", repository + "@" + digest, head.status());
                return;
            }
            blob = Optional.of(known.allow(repository, digest, size, repository + "@" + digest));
        }
        if (!refusedAsPurged(exchange, repository, digest)) {
            serve(exchange, repository, digest, blob.get());
        }
    }

    private boolean refusedAsPurged(HttpExchange exchange, Repository repository, String digest)
            throws IOException, InterruptedException {
        boolean purged = tasks.isPurged(new ContentKey(digest.replace(':', '-')));
        if (purged) {
            String happened = "an operator purged this content from the cluster";
            String advice = "Ask an operator why, or for the tombstone to be lifted.";
            String tried = "Fetching " + repository + "@" + digest;
            OciErrors.send(exchange, 403, "DENIED", "CONTENT_PURGED", tried, happened, advice, Map.of());
        }
        return purged;
    }

    private void serve(HttpExchange exchange, Repository repository, String digest, Blob blob)
            throws IOException, InterruptedException {
        Map<String, String> headers = headers(repository, digest);
        headers.put("Content-Type", "application/octet-stream");
        headers.put("Accept-Ranges", "bytes");
        ByteRange range;
        try {
            range = ByteRange.of(exchange.header("Range"), blob.sizeBytes());
        } catch (ByteRange.Unsatisfiable e) {
            headers.put("Content-Range", "bytes */" + blob.sizeBytes());
            exchange.respond(416, headers, new byte[0]);
            return;
        }
        boolean part = range.length() < blob.sizeBytes();
        if (part) {
            headers.put("Content-Range", range.contentRange());
        }
        exchange.start(part ? 206 : 200, headers, range.length());
        if (exchange.method().equals("HEAD") || range.length() == 0) {
            return;
        }
        ContentTask task =
                tasks.startOrJoin(source(repository, digest, blob.sizeBytes()), blob.task(), true, range.from());
        try {
            task.copyTo(new ExchangeSink(exchange, () -> {}), range.from(), range.to());
        } catch (DarterException e) {
            LOG.atWarn().log("blob cut in the middle: {}", e.getMessage());
            known.broke(repository, digest);
            exchange.cut();
        }
    }

    private void passed(HttpExchange exchange, Passed asked) throws DarterException, IOException, InterruptedException {
        String query = withoutNs(exchange.rawQuery());
        String rest = asked.rest() + (query.isEmpty() ? "" : "?" + query);
        MetaResponse response = upstream.passed(asked.repository(), rest);
        if (response.status() != 200) {
            OciErrors.upstream(exchange, "NAME_UNKNOWN", asked.repository() + "/" + asked.rest(), response.status());
            return;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("OCI-Namespace", asked.repository().registry());
        headers.put("Content-Type", response.headers().getOrDefault("content-type", "application/json"));
        copy(response, "link", "Link", headers);
        copy(response, "oci-filters-applied", "OCI-Filters-Applied", headers);
        exchange.respond(200, headers, response.body());
    }

    private static void copy(MetaResponse from, String name, String as, Map<String, String> to) {
        String value = from.headers().get(name);
        if (value != null) {
            to.put(as, value);
        }
    }

    private static String withoutNs(String rawQuery) {
        List<String> kept = new ArrayList<>();
        for (String pair : rawQuery.split("&")) {
            boolean readable = pair.replaceAll("%[0-9A-Fa-f]{2}", "x").matches("[A-Za-z0-9._~+=:/*-]+");
            if (readable
                    && !URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8)
                            .equals("ns")) {
                kept.add(pair);
            }
        }
        return String.join("&", kept);
    }

    private static Map<String, String> headers(Repository repository, String digest) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Docker-Content-Digest", digest);
        headers.put("OCI-Namespace", repository.registry());
        return headers;
    }

    private static ContentSource source(Repository repository, String digest, long sizeBytes) {
        return ContentSource.blob(
                Upstream.url(repository, "blobs/" + digest),
                repository.registry(),
                repository.name(),
                digest,
                sizeBytes);
    }

    private static long contentLength(MetaResponse head) {
        String text = head.headers().getOrDefault("content-length", "");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }
}
