package dev.fairlead.hub.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;

/// What the hub's process takes of its machine. What cannot be read is NaN.
public final class ProcessMeters {

    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int RESIDENT = 1;
    private static final int PAGE = 4096;
    private static final double NANOS = 1e9;

    private ProcessMeters() {}

    /// @param folder the hub's data folder
    public static void register(MeterRegistry meters, Path folder) {
        var runtime = ManagementFactory.getRuntimeMXBean();
        Gauge.builder("fairlead.uptime", runtime, one -> one.getUptime() / 1e3)
                .description("How long this process runs")
                .baseUnit("seconds")
                .register(meters);
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean machine) {
            FunctionCounter.builder("fairlead.cpu", machine, one -> one.getProcessCpuTime() / NANOS)
                    .description("Processor time that this process took")
                    .baseUnit("seconds")
                    .register(meters);
        }
        Gauge.builder("fairlead.cpus", Runtime.getRuntime(), Runtime::availableProcessors)
                .description("Processors that this process may use")
                .register(meters);
        var memory = ManagementFactory.getMemoryMXBean();
        memory(meters, memory, "heap", one -> one.getHeapMemoryUsage().getUsed());
        memory(meters, memory, "resident", _ -> resident());
        Gauge.builder("fairlead.memory.heap.max", memory, ProcessMeters::heapMax)
                .description("How large the heap may grow")
                .baseUnit("bytes")
                .register(meters);
        disk(meters, "size", folder, FileStore::getTotalSpace);
        disk(meters, "free", folder, FileStore::getUsableSpace);
    }

    private static void memory(
            MeterRegistry meters,
            MemoryMXBean memory,
            String kind,
            ToDoubleFunction<MemoryMXBean> bytes) {
        Gauge.builder("fairlead.memory", memory, bytes)
                .description("Memory that this process takes")
                .baseUnit("bytes")
                .tag("kind", kind)
                .register(meters);
    }

    private static double heapMax(MemoryMXBean memory) {
        MemoryUsage heap = memory.getHeapMemoryUsage();
        return heap.getMax() < 0 ? Double.NaN : heap.getMax();
    }

    private static double resident() {
        try {
            return Double.parseDouble(Files.readString(STATM).split(" ")[RESIDENT]) * PAGE;
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }

    private interface Space {
        long of(FileStore store) throws IOException;
    }

    private static void disk(MeterRegistry meters, String what, Path folder, Space space) {
        Gauge.builder(
                        "fairlead.disk." + what,
                        folder,
                        one -> {
                            try {
                                return space.of(Files.getFileStore(one));
                            } catch (IOException e) {
                                return Double.NaN;
                            }
                        })
                .description("Of the disk with the hub's folder")
                .baseUnit("bytes")
                .register(meters);
    }
}
