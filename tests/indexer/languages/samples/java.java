package org.example.queue;

import java.util.*;

/**
 * A queue with a limit.
 *
 * @param <T> what it holds
 */
@SuppressWarnings("unchecked")
public sealed abstract class Queue<T extends Item> extends AbstractQueue<T> implements Sized permits Ring {
    /** The largest size. */
    public static final int MAX_SIZE = 1_024;
    private final Deque<T> items = new ArrayDeque<>();

    // Made by the builder.
    protected Queue(int size) {
        super(size);
    }

    /** {@inheritDoc} Adds at the end. */
    @Override
    @Deprecated(since = "2")
    public synchronized boolean offer(T item) throws FullException {
        if (items.size() >= MAX_SIZE) throw new FullException("full");
        Runnable log = () -> Log.info(item.name());
        return switch (item) {
            case Ring<?> ring when ring.isOpen() -> items.add(item);
            default -> false;
        };
    }

    abstract <R> R visit(Visitor<R> visitor);

    /** Builds queues. */
    public static class Builder {
        public Builder size(int size) { return this; }
    }

    enum State { OPEN, CLOSED; boolean isOpen() { return this == OPEN; } }
}

interface Sized {
    int size();
}

/** Where it is. */
record Position(int line, int column) {
    Position {
        Objects.requireNonNull(line);
    }
}

@interface Marker {
    String value() default "";
}
