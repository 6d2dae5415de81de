package io.darter.agent.http;

import io.darter.agent.task.ContentTask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A content as the body of an HTTP answer, straight from its file. */
public final class ExchangeSink implements ContentTask.ByteSink {
    private final HttpExchange exchange;
    private final Begin begin;

    /** Sends the head of the answer, if that is not done yet. */
    public interface Begin {
        void begin() throws IOException, InterruptedException;
    }

    /** @param begin called before each part of the body */
    public ExchangeSink(HttpExchange exchange, Begin begin) {
        this.exchange = exchange;
        this.begin = begin;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException, InterruptedException {
        begin.begin();
        exchange.write(bytes);
    }

    @Override
    public boolean takesFiles() {
        return true;
    }

    @Override
    public void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
        begin.begin();
        exchange.writeFile(file, offset, count);
    }

    @Override
    public void awaitFilesTaken() throws IOException, InterruptedException {
        exchange.awaitFilesSent();
    }
}
