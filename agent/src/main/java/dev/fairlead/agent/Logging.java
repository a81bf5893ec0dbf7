package dev.fairlead.agent;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// Logs to stderr, a line for each event: what the agent says from a level on, and what libraries
/// warn of. A logging library would be a tenth of the agent's start and of its memory.
///
/// Only [Main] names it; other programs that have the agent on their class path log as they do.
public final class Logging implements SLF4JServiceProvider {

    private final ErrorLoggers loggers = new ErrorLoggers(System.err);
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /// Sets the level of what the agent itself says.
    static void to(Level level) {
        if (LoggerFactory.getILoggerFactory() instanceof ErrorLoggers loggers) {
            loggers.say(level);
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
