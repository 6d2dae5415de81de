package io.darter.agent.health;

import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** {@code /healthz}: the agent lives; {@code /readyz}: it is linked; {@code /metrics}. */
public final class HealthHandler implements Handler {
    private final BooleanSupplier ready;
    private final Metrics metrics;

    public HealthHandler(BooleanSupplier ready, Metrics metrics) {
        this.ready = ready;
        this.metrics = metrics;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException, InterruptedException {
        switch (exchange.path()) {
            case "/healthz" -> text(exchange, 200, "text/plain; charset=utf-8", "alive\n");
            case "/readyz" -> {
                boolean linked = ready.getAsBoolean();
                text(exchange, linked ? 200 : 503, "text/plain; charset=utf-8", linked ? "ready\n" : "not linked\n");
            }
            case "/metrics" -> text(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
            default ->
                exchange.problem(
                        404,
                        "USAGE",
                        exchange.method() + " " + exchange.path(),
                        "there is no such path",
                        "Use /healthz, /readyz or /metrics.");
        }
    }

    private static void text(HttpExchange exchange, int status, String type, String text)
            throws IOException, InterruptedException {
        exchange.respond(
                status,
                Map.of("Content-Type", type, "Cache-Control", "no-store"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
