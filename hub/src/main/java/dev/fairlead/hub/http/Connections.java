package dev.fairlead.hub.http;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open connections of the one port: how many there may be, who may, and how long one may wait
/// before it asks for something. That the first head, and each next one, has to be there whole by
/// then is what stops a peer that sends a byte now and then.
final class Connections {

    static final long FIRST_HEAD_MILLIS = 15_000;
    static final long NEXT_HEAD_MILLIS = 75_000;

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final Vertx vertx;
    private final int most;
    private final Predicate<InetAddress> mayConnect;

    /// By channel: a connection that became a link has left Vert.x, and what that held of it is not
    /// to be kept.
    private final Map<Channel, Long> timers = new ConcurrentHashMap<>();

    Connections(Vertx vertx, int most, Predicate<InetAddress> mayConnect) {
        this.vertx = vertx;
        this.most = most;
        this.mayConnect = mayConnect;
    }

    int count() {
        return timers.size();
    }

    void opened(HttpConnection connection) {
        if (!mayConnect.test(HubServer.address(connection.remoteAddress()))) {
            log.info("Refused {}: not one of trusted-proxies", connection.remoteAddress().host());
            connection.close();
            return;
        }
        if (timers.size() >= most) {
            log.warn("Refused a connection: limits.connections {} is reached", most);
            connection.close();
            return;
        }
        var channel = channel(connection);
        timers.put(channel, deadline(connection, FIRST_HEAD_MILLIS));
        // Not by closeHandler: a connection that became a link still counts.
        channel.closeFuture().addListener(_ -> forget(channel));
    }

    private static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    /// A request's head is there.
    void asked(HttpConnection connection) {
        timers.computeIfPresent(
                channel(connection),
                (_, timer) -> {
                    vertx.cancelTimer(timer);
                    return -1L;
                });
    }

    /// Its answer is out.
    void answered(HttpConnection connection) {
        timers.computeIfPresent(
                channel(connection), (_, _) -> deadline(connection, NEXT_HEAD_MILLIS));
    }

    private long deadline(HttpConnection connection, long millis) {
        return vertx.setTimer(millis, id -> connection.close());
    }

    private void forget(Channel channel) {
        var timer = timers.remove(channel);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
