package dev.fairlead.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// That the benchmarks of `./bench --jmh` run at all; what they measure here means nothing.
class BenchmarksTest {

    @Test
    void eachRunsOnce() throws Exception {
        var results =
                new Runner(
                                new OptionsBuilder()
                                        .include("dev\\.fairlead\\.link")
                                        .forks(0)
                                        .warmupIterations(0)
                                        .measurementIterations(1)
                                        .measurementTime(TimeValue.milliseconds(5))
                                        .shouldFailOnError(true)
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();
        assertThat(results).hasSize(4 * 3 + 2 * 2 + 2 * 2);
    }
}
