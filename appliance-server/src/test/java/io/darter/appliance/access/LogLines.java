package io.darter.appliance.access;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Every line that is logged until it is closed, with level, keys, values and causes; of the project's own classes also DEBUG. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    final List<String> lines = new CopyOnWriteArrayList<>();

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger own = (Logger) LoggerFactory.getLogger("io.darter");

    LogLines() {
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
        own.setLevel(Level.DEBUG);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String cause = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        lines.add(event.getLevel() + " " + event.getFormattedMessage() + ' ' + event.getKeyValuePairs() + ' ' + cause);
    }

    @Override
    public void close() {
        root.detachAppender(this);
        own.setLevel(Level.INFO);
    }
}
