package dev.fairlead.hub.identity;

import dev.fairlead.hub.Rejected;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/// Argon2id (RFC 9106) over passwords of 10 to 1024 characters, stored in the PHC form
/// `$argon2id$v=19$m=32768,t=3,p=1$SALT$HASH`: 32 MiB, three passes, one lane, 16 bytes of salt, 32
/// of hash. That is above OWASP's floor of 12 MiB at three passes, and at the two computations that
/// run at once costs the hub 64 MiB.
///
/// What waits for one of the two places is a short queue; who does not fit is told at once, so that
/// a flood of sign-ins takes neither the hub's memory nor its cores.
public final class Passwords {

    public static final int MIN = 10;
    public static final int MAX = 1024;

    private static final int AT_ONCE = 2;
    private static final int QUEUE = 16;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final int SALT = 16;
    private static final int HASH = 32;

    private final SecureRandom random;
    private final Cost cost;
    private final ThreadPoolExecutor threads;
    private final String nobody;

    /// @param kib memory in KiB
    record Cost(int kib, int passes, int lanes) {
        static final Cost STANDARD = new Cost(32 * 1024, 3, 1);
    }

    public Passwords(SecureRandom random) {
        this(random, Cost.STANDARD);
    }

    /// @param cost lower in tests only
    Passwords(SecureRandom random, Cost cost) {
        this.random = random;
        this.cost = cost;
        // Daemons that end when nobody signs in: there is nothing to close.
        this.threads =
                new ThreadPoolExecutor(
                        AT_ONCE,
                        AT_ONCE,
                        30,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(QUEUE),
                        Thread.ofPlatform().daemon().name("argon2-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        // What an unknown user's password is compared with: the same work, and no password fits.
        byte[] salt = new byte[SALT];
        byte[] hash = new byte[HASH];
        random.nextBytes(salt);
        random.nextBytes(hash);
        this.nobody = text(cost, salt, hash);
    }

    /// Checks the rules for a new password.
    ///
    /// @throws Rejected as `invalid-request`
    public static void mustBeGood(String password) {
        if (password.length() < MIN || password.length() > MAX) {
            throw Rejected.invalid(
                    "A password has "
                            + MIN
                            + " to "
                            + MAX
                            + " characters; there is no other rule.");
        }
    }

    /// The text to store.
    ///
    /// @throws Rejected as `unavailable` when too many wait
    String hash(String password) {
        mustBeGood(password);
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        return inPlace(() -> text(cost, salt, compute(cost, salt, password)));
    }

    /// Whether a password fits; the same work where there is no user.
    ///
    /// @param stored what [#hash] gave, or null for nobody
    /// @throws Rejected as `unavailable` when too many wait
    boolean fits(String password, @Nullable String stored) {
        Stored parsed = Stored.parse(stored == null ? nobody : stored);
        // Whoever sends megabytes has no password here.
        String given = password.length() > MAX ? "" : password;
        boolean equal =
                inPlace(() ->
                        MessageDigest.isEqual(
                                compute(parsed.cost, parsed.salt, given), parsed.hash));
        return equal && stored != null && password.length() <= MAX;
    }

    /// Computes on a platform thread: two virtual ones would hold all carriers of a small machine,
    /// and with them everything else that the hub does.
    private <T> T inPlace(Callable<T> work) {
        var begun = new CountDownLatch(1);
        Future<T> future;
        try {
            future =
                    threads.submit(() -> {
                        begun.countDown();
                        return work.call();
                    });
        } catch (RejectedExecutionException e) {
            throw busy();
        }
        try {
            // What has begun ends, however slow the machine is: a first start on a busy one took
            // longer than this for its only password.
            if (!begun.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                future.cancel(false);
                throw busy();
            }
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("argon2 failed", e.getCause());
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    private static Rejected busy() {
        return Rejected.later(
                Rejected.Code.UNAVAILABLE,
                "The hub is busy with other sign-ins.",
                "Try again in a few seconds.",
                LONGEST_WAIT);
    }

    private static byte[] compute(Cost cost, byte[] salt, String password) {
        // NFC: the same password typed on another keyboard may come decomposed.
        byte[] bytes =
                Normalizer.normalize(password, Normalizer.Form.NFC)
                        .getBytes(StandardCharsets.UTF_8);
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(cost.kib)
                        .withIterations(cost.passes)
                        .withParallelism(cost.lanes)
                        .withSalt(salt)
                        .build());
        byte[] hash = new byte[HASH];
        generator.generateBytes(bytes, hash);
        Arrays.fill(bytes, (byte) 0);
        return hash;
    }

    private static String text(Cost cost, byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m="
                + cost.kib
                + ",t="
                + cost.passes
                + ",p="
                + cost.lanes
                + "$"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(hash);
    }

    private record Stored(Cost cost, byte[] salt, byte[] hash) {

        static Stored parse(String text) {
            String[] parts = text.split("\\$", -1);
            if (parts.length != 6 || !parts[1].equals("argon2id") || !parts[2].equals("v=19")) {
                throw new IllegalStateException("a stored password is not argon2id v=19");
            }
            String[] cost = parts[3].split("[=,]", -1);
            return new Stored(
                    new Cost(
                            Integer.parseInt(cost[1]),
                            Integer.parseInt(cost[3]),
                            Integer.parseInt(cost[5])),
                    Base64.getDecoder().decode(parts[4]),
                    Base64.getDecoder().decode(parts[5]));
        }
    }
}
