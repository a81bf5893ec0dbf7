package dev.fairlead.cli;

import dev.fairlead.cli.output.Safe;
import dev.fairlead.cli.profile.Folder;
import dev.fairlead.cli.ssh.Disconnect;
import dev.fairlead.cli.ssh.HostName;
import dev.fairlead.cli.stream.HubLink;
import dev.fairlead.cli.stream.KeptLink;
import dev.fairlead.cli.stream.Opening;
import dev.fairlead.cli.stream.StdioPipe;
import dev.fairlead.cli.stream.StreamFailure;
import dev.fairlead.link.StreamEnd;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// `fairlead proxy [--profile NAME] HOST USER`: what OpenSSH runs to reach a node. Hidden, and not
/// a picocli command: a person waits for it at every first connection.
final class Proxy {

    /// The user name that means the node's default login.
    private static final String DEFAULT_LOGIN = "fairlead";

    private static final long HANG_UP_MILLIS = 2_000;

    private Proxy() {}

    /// Carries one SSH connection over stdin and stdout.
    ///
    /// @param args without `proxy`
    /// @return what the process should end with
    static int run(Map<String, String> env, Path home, PrintStream err, String... args) {
        Signals.endSoonOnHangUp(HANG_UP_MILLIS);
        var begun = new AtomicBoolean();
        try {
            return carry(env, home, err, begun, args);
        } catch (CliException e) {
            String message = Safe.text(e.getMessage());
            String hint = e.hint() == null ? "" : Safe.text(e.hint());
            err.println("fairlead: " + message);
            if (!hint.isEmpty()) {
                err.println("  next: " + hint);
            }
            // A person who runs this by hand has read it already.
            if (!begun.get() && !IsTerminal.of(1)) {
                Disconnect.tell(
                        hint.isEmpty() ? message : message + " Next: " + hint,
                        System.in,
                        new FileOutputStream(FileDescriptor.out));
            }
            return e.exit().code();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.BROKEN.code();
        }
    }

    /// @param begun set where the node's SSH server has had the word
    private static int carry(
            Map<String, String> env,
            Path home,
            PrintStream err,
            AtomicBoolean begun,
            String... args)
            throws InterruptedException {
        boolean named = args.length == 4 && args[0].equals("--profile");
        if (!named && args.length != 2) {
            throw new CliException(
                    Exit.USAGE,
                    "fairlead proxy is what OpenSSH runs; it takes [--profile NAME] HOST USER.",
                    "fairlead ssh-config --install");
        }
        var host = HostName.parse(args[args.length - 2]);
        String user = Names.login(args[args.length - 1]);
        var folder = Folder.of(env, home);
        var profiles = folder.profiles();
        String name = named ? Names.label("profile", args[1]) : profiles.nameOr(profileOf(env));
        var profile = profiles.need(name);
        String ca = profile.ca();
        try (var links =
                new HubLink(
                        name,
                        profile,
                        ca == null ? null : folder.file(ca),
                        HubLink.proxies(env),
                        HubLink.innerTls(env),
                        Clock.systemUTC())) {
            var link =
                    new KeptLink(
                            links::connect,
                            links.loop(),
                            KeptLink.resumes(false, env),
                            links.hub(),
                            sentence -> say(err, sentence));
            link.firstInBackground();
            var pipe =
                    new StdioPipe(
                            new FileInputStream(FileDescriptor.in).getChannel(),
                            new FileOutputStream(FileDescriptor.out).getChannel());
            var over =
                    pipe.run(
                            link.streams()
                                    .open(
                                            Opening.ssh(
                                                    host.tenant(),
                                                    host.node(),
                                                    user.equals(DEFAULT_LOGIN) ? null : user),
                                            pipe));
            begun.set(over.accepted());
            return result(over, host.node());
        }
    }

    /// With a carriage return: OpenSSH may have put the terminal into its raw mode.
    private static void say(PrintStream err, String sentence) {
        err.print("fairlead: " + Safe.text(sentence) + "\r\n");
        err.flush();
    }

    private static @Nullable String profileOf(Map<String, String> env) {
        String name = env.get("FAIRLEAD_PROFILE");
        return name == null || name.isEmpty() ? null : Names.label("profile", name);
    }

    private static int result(StdioPipe.Over over, String node) {
        if (over.end() == StreamEnd.DONE || over.end() == StreamEnd.CANCELLED) {
            return Exit.OK.code();
        }
        throw over.accepted()
                ? StreamFailure.broken(over.end(), over.message(), node)
                : StreamFailure.refused(over.end(), over.message(), node);
    }
}
