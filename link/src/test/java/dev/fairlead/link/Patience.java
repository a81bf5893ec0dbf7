package dev.fairlead.link;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// How long tests wait for what they do not give another time: on a busy machine Awaitility's own
/// 10 s can be too few. Heard of by JUnit in every module that has these test classes, by
/// `META-INF/services`.
public final class Patience implements LauncherSessionListener {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }
}
