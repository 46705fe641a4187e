import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.MutableRecordBatch;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/**
 * What Kafka's codecs cost: `Codecs ANSWER`; with `sizes` behind it only what they make of the bytes. Each codec and level writes batches of orders in JSON by the class that the
 * producer writes with, and reads them by the iterators of the consumer and of the broker that checks them. Times are of
 * this thread's processor alone, without what the same records take uncompressed; the best of several rounds, since
 * whatever else the machine does only adds to them.
 */
public class Codecs {
    static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    static final int[] recordsOfBatch = {1, 8, 30, 100};
    static final int rounds = 5;
    static final long roundNanos = 15_000_000;
    static final ByteBuffer memory = ByteBuffer.allocate(256 * 1024);
    static final BufferSupplier buffers = BufferSupplier.create();
    /** Keeps what is read from being optimized away. */
    static long seen;

    static final Random random = new Random(1);

    static boolean timed = true;

    public static void main(String[] args) throws Exception {
        timed = args.length < 2;
        List<byte[]> orders = IntStream.range(0, 4000).mapToObj(n -> order(n)).toList();
        ObjectMapper json = new ObjectMapper();
        ObjectNode answer = json.createObjectNode();
        answer.put("java", System.getProperty("java.version"));
        answer.put("recordBytes", Math.round(orders.stream().mapToInt(one -> one.length).average().orElse(0)));
        ArrayNode codecs = answer.putArray("codecs");
        Row none = measured(Compression.NONE, orders);
        one(codecs, "gzip", levels(1, 9), orders, none);
        one(codecs, "snappy", new int[] {0}, orders, none);
        one(codecs, "lz4", levels(1, 17), orders, none);
        int[] fast = {-100, -50, -20, -10, -5, -3, -1};
        one(codecs, "zstd", IntStream.concat(IntStream.of(fast), IntStream.rangeClosed(1, timed ? 21 : 11)).toArray(), orders, none);
        json.writeValue(new File(args[0]), answer);
        System.err.println(seen);
    }

    static int[] levels(int from, int to) {
        return IntStream.rangeClosed(from, to).toArray();
    }

    static void one(ArrayNode into, String name, int[] levels, List<byte[]> orders, Row none) {
        for (int level : levels) {
            Row row = measured(of(name, level), orders);
            ObjectNode node = into.addObject().put("codec", name).put("level", level);
            list(node, "bytes", row.bytes, null);
            list(node, "compressed", row.compressed, null);
            list(node, "compress", row.compress, none.compress);
            list(node, "decompress", row.decompress, none.decompress);
            list(node, "validate", row.validate, none.validate);
            System.err.println(node);
        }
    }

    static void list(ObjectNode into, String name, long[] values, long[] less) {
        ArrayNode list = into.putArray(name);
        for (int i = 0; i < values.length; i++) list.add(values[i] - (less == null ? 0 : less[i]));
    }

    static Compression of(String name, int level) {
        switch (name) {
            case "gzip": return Compression.gzip().level(level).build();
            case "lz4": return Compression.lz4().level(level).build();
            case "zstd": return Compression.zstd().level(level).build();
            default: return Compression.of(CompressionType.forName(name)).build();
        }
    }

    /** By batch size: bytes of its records before and after, and ns. */
    static class Row {
        final long[] bytes = new long[recordsOfBatch.length];
        final long[] compressed = new long[recordsOfBatch.length];
        final long[] compress = new long[recordsOfBatch.length];
        final long[] decompress = new long[recordsOfBatch.length];
        final long[] validate = new long[recordsOfBatch.length];
    }

    static Row measured(Compression compression, List<byte[]> orders) {
        Row row = new Row();
        for (int i = 0; i < recordsOfBatch.length; i++) {
            int size = recordsOfBatch[i];
            List<List<byte[]>> batches = new ArrayList<>();
            for (int from = 0; from + size <= orders.size() && batches.size() < 40; from += size) batches.add(orders.subList(from, from + size));
            List<MemoryRecords> written = new ArrayList<>();
            long plain = 0;
            for (List<byte[]> batch : batches) {
                MemoryRecords records = write(compression, batch, ByteBuffer.allocate(256 * 1024));
                written.add(records);
                row.compressed[i] += records.sizeInBytes() - DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
                plain += write(Compression.NONE, batch, memory).sizeInBytes() - DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
            }
            row.bytes[i] = plain / batches.size();
            row.compressed[i] /= batches.size();
            if (!timed) continue;
            row.compress[i] = best(batches.size(), n -> seen += write(compression, batches.get(n), memory).sizeInBytes());
            row.decompress[i] = best(batches.size(), n -> read(written.get(n), batch -> batch.streamingIterator(buffers)));
            row.validate[i] = best(batches.size(), n -> read(written.get(n), batch -> batch.skipKeyValueIterator(buffers)));
        }
        return row;
    }

    interface Work {
        void on(int batch);
    }

    interface Reader {
        CloseableIterator<Record> over(MutableRecordBatch batch);
    }

    /** ns of one batch. */
    static long best(int batches, Work work) {
        // The clock is read after so many batches that reading it costs nothing beside them.
        int chunk = 1;
        int n = 0;
        for (long end = now() + roundNanos * 4; now() < end;) {
            long begin = now();
            for (int i = 0; i < chunk; i++) work.on(n++ % batches);
            if (now() - begin < roundNanos / 20) chunk = Math.min(2 * chunk, 1000);
        }
        long best = Long.MAX_VALUE;
        for (int round = 0; round < rounds; round++) {
            long begin = now();
            long done = 0;
            do {
                for (int i = 0; i < chunk; i++) work.on(n++ % batches);
                done += chunk;
            } while (now() - begin < roundNanos);
            best = Math.min(best, (now() - begin) / done);
        }
        return best;
    }

    static long now() {
        return threads.getCurrentThreadCpuTime();
    }

    static MemoryRecords write(Compression compression, List<byte[]> batch, ByteBuffer into) {
        into.clear();
        MemoryRecordsBuilder builder = MemoryRecords.builder(into, compression, TimestampType.CREATE_TIME, 0L);
        for (int n = 0; n < batch.size(); n++) builder.append(n, (byte[]) null, batch.get(n));
        return builder.build();
    }

    static void read(MemoryRecords records, Reader reader) {
        for (MutableRecordBatch batch : records.batches())
            try (CloseableIterator<Record> each = reader.over(batch)) {
                while (each.hasNext()) seen += each.next().offset();
            }
    }

    /** An order as shops send them: names that repeat, numbers that do not. About 500 bytes. */
    static byte[] order(int n) {
        String[] states = {"created", "paid", "packed", "shipped", "delivered", "returned"};
        String[] currencies = {"EUR", "USD", "GBP", "SEK"};
        StringBuilder items = new StringBuilder();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++)
            items.append(i == 0 ? "" : ",").append(String.format(
                "{\"sku\":\"SKU-%06d\",\"quantity\":%d,\"unitPrice\":%d.%02d}",
                random.nextInt(20_000), 1 + random.nextInt(5), random.nextInt(300), random.nextInt(100)));
        String text = String.format(
            "{\"orderId\":\"%016x\",\"customerId\":\"customer-%06d\",\"status\":\"%s\",\"currency\":\"%s\","
                + "\"createdAt\":\"2025-03-%02dT%02d:%02d:%02d.%03dZ\",\"sequence\":%d,\"items\":[%s],"
                + "\"shipping\":{\"country\":\"%s\",\"postalCode\":\"%05d\",\"method\":\"%s\"},\"traceId\":\"%016x%016x\"}",
            random.nextLong(), random.nextInt(50_000), states[random.nextInt(states.length)],
            currencies[random.nextInt(currencies.length)], 1 + random.nextInt(28), random.nextInt(24), random.nextInt(60),
            random.nextInt(60), random.nextInt(1000), n, items, new String[] {"DE", "FR", "US", "GB", "SE"}[random.nextInt(5)],
            random.nextInt(100_000), random.nextBoolean() ? "standard" : "express", random.nextLong(), random.nextLong());
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
