package dev.fairlead.link;

/// A token bucket: so many per second, with a burst of as many. Used on one event loop only.
final class RateLimit {

    private final int perSecond;
    private double left;
    private long refilled = System.nanoTime();

    RateLimit(int perSecond) {
        this.perSecond = perSecond;
        this.left = perSecond;
    }

    boolean allows() {
        if (left < 1) {
            long now = System.nanoTime();
            left = Math.min(perSecond, left + (now - refilled) / 1e9 * perSecond);
            refilled = now;
            if (left < 1) {
                return false;
            }
        }
        left--;
        return true;
    }
}
