package io.darter.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.component.page.PageVisibility;
import com.vaadin.flow.signals.Signal;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one component up to date with one topic while it is attached and its page is visible. A slow page gets the
 * newest value only: at most one update waits for it.
 */
final class LiveBinding<T> {
    private final LiveState live;
    private final Topic<T> topic;
    private final Consumer<Live<T>> show;
    private final AtomicReference<@Nullable Live<T>> waiting = new AtomicReference<>();
    private @Nullable Runnable unwatch;

    private LiveBinding(LiveState live, Topic<T> topic, Consumer<Live<T>> show) {
        this.live = live;
        this.topic = topic;
        this.show = show;
    }

    static <T> void bind(Component component, LiveState live, Topic<T> topic, Consumer<Live<T>> show) {
        LiveBinding<T> binding = new LiveBinding<>(live, topic, show);
        component.addAttachListener(attached -> {
            UI ui = attached.getUI();
            Signal.effect(component, () -> {
                if (ui.getPage().pageVisibilitySignal().get() == PageVisibility.HIDDEN) {
                    binding.stop();
                } else {
                    binding.start(ui);
                }
            });
        });
        component.addDetachListener(_ -> binding.stop());
    }

    private void start(UI ui) {
        if (unwatch == null) {
            unwatch = live.watch(topic, value -> deliver(ui, value));
        }
    }

    private void stop() {
        if (unwatch != null) {
            unwatch.run();
            unwatch = null;
        }
    }

    private void deliver(UI ui, Live<T> value) {
        if (waiting.getAndSet(value) != null) {
            return;
        }
        try {
            ui.access(this::showNewest);
        } catch (UIDetachedException e) {
            waiting.set(null); // the page was closed just now; its watch ends with it
        }
    }

    private void showNewest() {
        Live<T> newest = waiting.getAndSet(null);
        if (newest != null && unwatch != null) {
            show.accept(newest);
        }
    }
}
