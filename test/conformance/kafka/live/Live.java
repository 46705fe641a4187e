import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Plays plans with Kafka's own clients. `Live serve BOOTSTRAP` reads a line `PLAN RESULT` for each, answers
 * `zero PLAN EPOCH_MS` when its time begins and `done PLAN` when the result is written; `Live members PLAN INDEX` and
 * `Live producers PLAN INDEX` are one of these clients in a process of its own, so that it can die as processes do.
 */
public class Live {
    static final ObjectMapper json = new ObjectMapper();
    static final ByteArraySerializer bytes = new ByteArraySerializer();
    static final Map<String, String> assignors = Map.of(
        "range", "org.apache.kafka.clients.consumer.RangeAssignor",
        "roundrobin", "org.apache.kafka.clients.consumer.RoundRobinAssignor",
        "sticky", "org.apache.kafka.clients.consumer.StickyAssignor",
        "cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (args[0].equals("serve")) serve(args[1], in);
        else child(new File(args[1]), args[0], Integer.parseInt(args[2]), in);
        Runtime.getRuntime().halt(0);
    }

    static void serve(String bootstrap, BufferedReader in) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Children.all.forEach(Process::destroyForcibly)));
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("warm-up", 1, (short) 1))).all().get();
        }
        say("ready");
        for (String line; (line = in.readLine()) != null;) {
            String[] words = line.split(" ");
            new Thread(() -> {
                try {
                    new Scenario(new File(words[0])).play(new File(words[1]));
                    say("done " + words[0]);
                } catch (Throwable e) {
                    e.printStackTrace();
                    say("failed " + words[0] + " " + String.valueOf(e).replace('\n', ' '));
                }
            }).start();
        }
        Children.all.forEach(Process::destroyForcibly);
    }

    /** Waits for `zero EPOCH_NANOS`; lives until it is killed, its input ends, or its work is over. */
    static void child(File file, String kind, int index, BufferedReader in) throws Exception {
        JsonNode plan = json.readTree(file);
        JsonNode of = plan.get(kind).get(index);
        Sink sink = event -> say(event.toString());
        Client client = kind.equals("producers") ? new Sender(plan, of, sink) : member(plan, of, sink);
        client.prepare();
        say("ready");
        Thread input = new Thread(() -> {
            try {
                for (String line; (line = in.readLine()) != null;) {
                    String[] words = line.split(" ", 2);
                    if (words[0].equals("zero")) client.zero(Long.parseLong(words[1]));
                    else client.tell(json.readTree(words[1]));
                }
            } catch (Exception e) {
                e.printStackTrace();
            }
            Runtime.getRuntime().halt(0);
        });
        input.setDaemon(true);
        input.start();
        client.run();
        // What a producer has sent is under way.
        if (client instanceof Sender) new CountDownLatch(1).await();
    }

    static Client member(JsonNode plan, JsonNode of, Sink sink) {
        return of.hasNonNull("share") ? new ShareMember(plan, of, sink) : new Member(plan, of, sink);
    }

    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    static void until(long nanos) {
        for (long left; (left = nanos - now()) > 0;) LockSupport.parkNanos(left);
    }

    static Properties properties(JsonNode plan, JsonNode config, Map<String, String> more) {
        Properties all = new Properties();
        all.put("bootstrap.servers", plan.get("bootstrap").asText());
        all.putAll(more);
        config.fields().forEachRemaining(one -> all.put(one.getKey(), one.getValue().asText()));
        if (all.containsKey("partition.assignment.strategy"))
            all.computeIfPresent("partition.assignment.strategy", (key, short_) -> assignors.getOrDefault(short_, (String) short_));
        return all;
    }

    static String nameOf(String prefix, TopicPartition partition) {
        return partition.topic().substring(prefix.length()) + "-" + partition.partition();
    }

    interface Sink {
        void add(ObjectNode event);
    }

    static class Children {
        static final Collection<Process> all = new ConcurrentLinkedQueue<>();
    }

    /** A producer or a member of a group, while its process lives. */
    abstract static class Client implements Runnable {
        final JsonNode plan;
        final JsonNode of;
        final Sink sink;
        final String prefix;
        final CountDownLatch began = new CountDownLatch(1);
        volatile long zero = Long.MAX_VALUE;
        volatile boolean abandoned;

        Client(JsonNode plan, JsonNode of, Sink sink) {
            this.plan = plan;
            this.of = of;
            this.sink = sink;
            prefix = plan.get("prefix").asText();
        }

        /** What is done before time begins. */
        abstract void prepare() throws Exception;

        void zero(long nanos) {
            zero = nanos;
            began.countDown();
        }

        void tell(JsonNode order) {
            throw new IllegalStateException(order.toString());
        }

        void awaitStart() throws InterruptedException {
            if (of.get("start").asLong() == 0) return;
            began.await();
            until(zero + of.get("start").asLong());
        }
    }

    /** One instance of a consumer: its poll loop as an application writes it. */
    abstract static class Consuming extends Client {
        final Set<Integer> poison = new java.util.HashSet<>();
        volatile long stopAt = Long.MAX_VALUE;

        Consuming(JsonNode plan, JsonNode of, Sink sink) {
            super(plan, of, sink);
            of.get("poison").forEach(n -> poison.add(n.asInt()));
        }

        @Override
        void zero(long nanos) {
            if (of.hasNonNull("stop")) stopAt = nanos + of.get("stop").asLong();
            super.zero(nanos);
        }

        List<String> topics() {
            List<String> topics = new ArrayList<>();
            for (JsonNode topic : of.get("topics")) topics.add(prefix + topic.asText());
            return topics;
        }

        /** At most so long it stays in `poll()`. */
        Duration patience() {
            return Duration.ofNanos(Math.max(0, Math.min(100_000_000L, stopAt - now())));
        }

        void work(ConsumerRecord<byte[], byte[]> record) {
            long begin = now();
            String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
            JsonNode own = of.get("byKey").get(key);
            until(begin + Math.round((own == null ? of.get("processing") : own).asLong() * pace(begin)));
        }

        void ended(String kind, ConsumerRecord<byte[], byte[]> record) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            ObjectNode event = event(kind);
            event.put("n", number(record.value())).put("partition", nameOf(prefix, partition)).put("offset", record.offset());
            sink.add(event);
        }

        /** How many times as long as usual what begins now takes: `[from, factor]` in the order of time. */
        double pace(long at) {
            double factor = 1;
            for (JsonNode change : of.get("pace"))
                if (at >= zero + change.get(0).asLong()) factor = change.get(1).asDouble();
            return factor;
        }

        void failed(Throwable e) {
            ObjectNode event = event("error");
            event.put("error", String.valueOf(e));
            sink.add(event);
            e.printStackTrace();
        }

        ObjectNode event(String kind) {
            return json.createObjectNode().put("kind", kind).put("at", now())
                .put("consumer", of.get("consumer").asText()).put("instance", of.get("instance").asInt());
        }
    }

    /** A member of a share group, which says of each record that it may fail what becomes of it. */
    static class ShareMember extends Consuming {
        KafkaShareConsumer<byte[], byte[]> consumer;

        ShareMember(JsonNode plan, JsonNode of, Sink sink) {
            super(plan, of, sink);
        }

        @Override
        void prepare() {
            Map<String, String> more = new HashMap<>();
            more.put("group.id", prefix + of.get("group").asText());
            more.put("client.id", of.get("clientId").asText());
            consumer = new KafkaShareConsumer<>(
                properties(plan, of.get("config"), more), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public void run() {
            boolean explicit = "explicit".equals(of.get("config").path("share.acknowledgement.mode").asText());
            AcknowledgeType failure = AcknowledgeType.valueOf(of.get("share").get("onFailure").asText().toUpperCase());
            try {
                awaitStart();
                consumer.subscribe(topics());
                while (now() < stopAt && !abandoned)
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience())) {
                        work(record);
                        if (abandoned) break;
                        boolean fails = poison.contains(number(record.value()));
                        ended(fails ? "fail" : "finish", record);
                        if (explicit) consumer.acknowledge(record, fails ? failure : AcknowledgeType.ACCEPT);
                    }
                consumer.close(Duration.ofSeconds(abandoned ? 0 : 5));
            } catch (Throwable e) {
                failed(e);
            }
        }
    }

    /** A member of a group of the classic or the consumer protocol. */
    static class Member extends Consuming {
        final String commit;
        final ConcurrentLinkedQueue<JsonNode> orders = new ConcurrentLinkedQueue<>();
        final Map<TopicPartition, OffsetAndMetadata> finished = new HashMap<>();
        KafkaConsumer<byte[], byte[]> consumer;
        volatile Set<TopicPartition> owned;
        /** Of who sends on: by record what it becomes, `[n, topic, key, size]`. */
        final Map<Integer, JsonNode> becomes = new HashMap<>();
        KafkaProducer<byte[], byte[]> producer;

        Member(JsonNode plan, JsonNode of, Sink sink) {
            super(plan, of, sink);
            commit = of.get("commit").asText();
            for (JsonNode forward : of.get("forwards")) becomes.put(forward.get(0).asInt(), forward.get(1));
        }

        @Override
        void prepare() {
            Map<String, String> more = new HashMap<>();
            more.put("group.id", prefix + of.get("group").asText());
            more.put("client.id", of.get("clientId").asText());
            more.put("enable.auto.commit", String.valueOf(commit.equals("auto")));
            if (of.hasNonNull("instanceId")) more.put("group.instance.id", of.get("instanceId").asText());
            consumer = new KafkaConsumer<>(
                properties(plan, of.get("config"), more), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            // Connections and classes are there before time begins.
            for (JsonNode topic : of.get("topics")) consumer.partitionsFor(prefix + topic.asText());
        }

        /** A seek; done between two polls, as an application would. */
        @Override
        void tell(JsonNode order) {
            orders.add(order);
        }

        @Override
        public void run() {
            try {
                // Members without a start have joined before time zero.
                awaitStart();
                if (of.get("sendsOn").asBoolean()) openProducer();
                consumer.subscribe(topics(), new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        changed("assigned", partitions, true);
                    }

                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        if (commit.equals("after")) commitFinished();
                        changed("revoked", partitions, false);
                    }

                    @Override
                    public void onPartitionsLost(Collection<TopicPartition> partitions) {
                        changed("lost", partitions, false);
                    }
                });
                while (now() < stopAt && !abandoned) round();
                if (commit.equals("after") && !abandoned) commitFinished();
                consumer.close(Duration.ofSeconds(abandoned ? 0 : 5));
            } catch (WakeupException e) {
                consumer.close(Duration.ZERO);
            } catch (Throwable e) {
                failed(e);
            }
        }

        void round() {
            if (commit.equals("after")) commitFinished();
            for (JsonNode order; (order = orders.poll()) != null;) seek(order);
            ConsumerRecords<byte[], byte[]> records = consumer.poll(patience());
            if (commit.equals("before") && !records.isEmpty()) guarded(consumer::commitSync);
            boolean inTransaction = commit.equals("transactional") && !records.isEmpty();
            if (inTransaction) producer.beginTransaction();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                work(record);
                if (abandoned) return;
                ended("finish", record);
                JsonNode next = becomes.get(number(record.value()));
                if (next != null) Sender.send(producer, prefix, next, sink, () -> {});
                finished.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
            }
            // Behind markers and what was compacted away.
            finished.putAll(records.nextOffsets());
            if (inTransaction) {
                producer.sendOffsetsToTransaction(finished, consumer.groupMetadata());
                producer.commitTransaction();
                finished.clear();
            } else if (producer != null) producer.flush();
        }

        /** Whoever had its transactional id before is fenced off. */
        void openProducer() {
            Map<String, String> more = new HashMap<>();
            more.put("client.id", of.get("clientId").asText() + "-producer");
            if (commit.equals("transactional")) more.put("transactional.id", prefix + of.get("consumer").asText());
            producer = new KafkaProducer<>(properties(plan, of.get("config"), more), bytes, bytes);
            if (commit.equals("transactional")) producer.initTransactions();
        }

        void seek(JsonNode order) {
            String topic = prefix + order.get("topic").asText();
            Set<TopicPartition> mine =
                consumer.assignment().stream().filter(one -> one.topic().equals(topic)).collect(Collectors.toSet());
            if (mine.isEmpty()) return;
            JsonNode to = order.get("to");
            switch (to.get("kind").asText()) {
                case "earliest" -> consumer.seekToBeginning(mine);
                case "latest" -> consumer.seekToEnd(mine);
                case "offset" -> mine.forEach(one -> consumer.seek(one, to.get("offset").asLong()));
                default -> {
                    long at = (zero + to.get("time").asLong()) / 1_000_000;
                    Map<TopicPartition, OffsetAndTimestamp> found =
                        consumer.offsetsForTimes(mine.stream().collect(Collectors.toMap(one -> one, one -> at)));
                    found.forEach((one, offset) -> {
                        if (offset == null) consumer.seekToEnd(List.of(one));
                        else consumer.seek(one, offset.offset());
                    });
                }
            }
            mine.forEach(finished::remove);
        }

        void commitFinished() {
            if (finished.isEmpty()) return;
            guarded(() -> consumer.commitSync(finished));
            finished.clear();
        }

        /** A commit that a rebalance has overtaken fails; the application goes on. */
        void guarded(Runnable commit) {
            try {
                commit.run();
            } catch (KafkaException e) {
                if (e instanceof WakeupException) throw e;
                ObjectNode event = event("commitFailed");
                event.put("error", e.getClass().getSimpleName());
                sink.add(event);
            }
        }

        void changed(String kind, Collection<TopicPartition> partitions, boolean gained) {
            Set<TopicPartition> now = owned == null ? new java.util.HashSet<>() : new java.util.HashSet<>(owned);
            if (gained) now.addAll(partitions);
            else now.removeAll(partitions);
            owned = now;
            ObjectNode event = event(kind);
            ArrayNode names = event.putArray("partitions");
            partitions.stream().map(one -> nameOf(prefix, one)).sorted().forEach(names::add);
            event.put("owned", now.size());
            sink.add(event);
        }
    }

    /** The number of the message that a value carries; −1 in a tombstone. */
    static int number(byte[] value) {
        if (value == null) return -1;
        int number = 0;
        for (int i = 0; i < value.length && value[i] >= '0' && value[i] <= '9'; i++) number = 10 * number + value[i] - '0';
        return number;
    }

    /** One life of a producer and its sends, each at its time: `[at, [n, topic, key, size]]`. */
    static class Sender extends Client {
        /** Records to a commit; 0 outside transactions. */
        final int perCommit;
        KafkaProducer<byte[], byte[]> producer;
        int inTransaction;
        /** A record of the open transaction was refused. */
        volatile boolean doomed;

        Sender(JsonNode plan, JsonNode of, Sink sink) {
            super(plan, of, sink);
            perCommit = of.get("perCommit").asInt();
        }

        @Override
        void prepare() throws Exception {
            if (of.get("start").asLong() > 0) return;
            open();
            // Connected, and with its producer id, before time begins.
            if (perCommit > 0) producer.beginTransaction();
            producer.send(new ProducerRecord<>("warm-up", new byte[1])).get();
            if (perCommit > 0) producer.commitTransaction();
        }

        void open() {
            Map<String, String> more = new HashMap<>();
            more.put("client.id", prefix + of.get("name").asText());
            Properties all = properties(plan, of.get("config"), more);
            all.computeIfPresent("transactional.id", (key, id) -> prefix + id);
            producer = new KafkaProducer<>(all, bytes, bytes);
            for (JsonNode topic : plan.get("topics")) producer.partitionsFor(prefix + topic.get("name").asText());
            if (perCommit > 0) producer.initTransactions();
        }

        @Override
        public void run() {
            try {
                awaitStart();
                if (producer == null) open();
                began.await();
                for (JsonNode send : of.get("sends")) {
                    until(zero + send.get(0).asLong());
                    send(send);
                    if (perCommit > 0 && inTransaction == perCommit) commit();
                }
                // Who dies commits no more.
                if (inTransaction > 0 && of.get("crash").isNull()) commit();
            } catch (InterruptedException e) {
                // The plan is over.
            }
        }

        void send(JsonNode send) {
            if (perCommit > 0 && doomed) beginAnew();
            if (perCommit > 0 && inTransaction++ == 0) producer.beginTransaction();
            send(producer, prefix, send.get(1), sink, () -> doomed = true);
        }

        /** `[n, topic, key, size]`; `failed` is told when the record is refused. */
        static void send(KafkaProducer<byte[], byte[]> producer, String prefix, JsonNode what, Sink sink, Runnable failed) {
            int n = what.get(0).asInt();
            ObjectNode answer = json.createObjectNode().put("kind", "answer").put("n", n).put("sent", now());
            String topic = prefix + what.get(1).asText();
            byte[] key = what.get(2).isNull() ? null : what.get(2).asText().getBytes(StandardCharsets.UTF_8);
            try {
                producer.send(new ProducerRecord<>(topic, null, key, value(n, what.get(3))), (metadata, error) -> {
                    answer.put("answered", now());
                    if (error != null) answer.put("error", error.getClass().getSimpleName());
                    else answer.put("partition", nameOf(prefix, new TopicPartition(metadata.topic(), metadata.partition())))
                        .put("offset", metadata.hasOffset() ? metadata.offset() : -1);
                    if (error != null) failed.run();
                    sink.add(answer);
                });
            } catch (Exception e) {
                sink.add(answer.put("answered", now()).put("error", e.getClass().getSimpleName()));
            }
        }

        void commit() {
            try {
                producer.commitTransaction();
                inTransaction = 0;
            } catch (KafkaException e) {
                e.printStackTrace();
                beginAnew();
            }
        }

        /** Who cannot commit goes on as a process that comes back would: what is open is aborted. */
        void beginAnew() {
            producer.close(Duration.ZERO);
            open();
            inTransaction = 0;
            doomed = false;
        }

        static byte[] value(int n, JsonNode size) {
            if (size.isNull()) return null;
            byte[] value = new byte[size.asInt()];
            java.util.Arrays.fill(value, (byte) '.');
            byte[] digits = String.valueOf(n).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(digits, 0, value, 0, digits.length);
            return value;
        }
    }

    /** A client of its own process. */
    static class Child {
        final Process process;
        final CountDownLatch ready = new CountDownLatch(1);

        Child(File plan, String kind, int index, Sink sink) throws Exception {
            process = new ProcessBuilder(
                Path.java(), "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-cp", System.getProperty("java.class.path"),
                "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"),
                "Live", kind, plan.getPath(), String.valueOf(index))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            Children.all.add(process);
            Thread reader = new Thread(() -> {
                try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line; (line = out.readLine()) != null;)
                        if (line.equals("ready")) ready.countDown();
                        else sink.add((ObjectNode) json.readTree(line));
                } catch (Exception e) {
                    // What a killed process was writing is lost with it.
                }
            });
            reader.setDaemon(true);
            reader.start();
        }

        void write(String line) {
            try {
                process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (Exception e) {
                // It is dead.
            }
        }
    }

    static class Path {
        static String java() {
            return ProcessHandle.current().info().command().orElse("java");
        }
    }

    static class Scenario {
        final JsonNode plan;
        final File file;
        final String prefix;
        final ConcurrentLinkedQueue<ObjectNode> events = new ConcurrentLinkedQueue<>();
        /** By `kind index` of the plan. */
        final Map<String, Client> clients = new TreeMap<>();
        final Map<String, Child> children = new TreeMap<>();
        final Admin admin;

        Scenario(File file) throws Exception {
            this.file = file;
            plan = json.readTree(file);
            prefix = plan.get("prefix").asText();
            admin = Admin.create(Map.<String, Object>of("bootstrap.servers", plan.get("bootstrap").asText()));
        }

        void play(File result) throws Exception {
            createTopics();
            configure();
            for (String kind : List.of("members", "producers")) {
                int index = 0;
                for (JsonNode of : plan.get(kind)) begin(kind, index++, of);
            }
            for (Child child : children.values())
                if (!child.ready.await(120, TimeUnit.SECONDS)) throw new IllegalStateException("a client's process does not start");
            awaitGroups();
            long zero = now() + 500_000_000L;
            say("zero " + file.getPath() + " " + zero / 1_000_000);
            clients.values().forEach(client -> client.zero(zero));
            children.values().forEach(child -> child.write("zero " + zero));
            Thread actions = new Thread(() -> act(zero));
            actions.setDaemon(true);
            actions.start();
            until(zero + plan.get("duration").asLong());
            ObjectNode out = snapshot(zero);
            clients.values().forEach(client -> client.abandoned = true);
            children.values().forEach(child -> child.process.destroyForcibly());
            for (Client client : clients.values())
                if (client instanceof Sender sender && sender.producer != null) sender.producer.close(Duration.ZERO);
            json.writeValue(result, out);
            admin.close();
        }

        void begin(String kind, int index, JsonNode of) throws Exception {
            if (kind.equals("producers") && !of.get("client").asText().equals("java")) return;
            if (of.get("ownProcess").asBoolean()) {
                children.put(kind + " " + index, new Child(file, kind, index, events::add));
                return;
            }
            Client client = kind.equals("producers") ? new Sender(plan, of, events::add) : member(plan, of, events::add);
            client.prepare();
            clients.put(kind + " " + index, client);
            Thread thread = new Thread(client);
            thread.setDaemon(true);
            thread.start();
        }

        /** Quotas of clients, and settings of groups. */
        void configure() throws Exception {
            List<ClientQuotaAlteration> quotas = new ArrayList<>();
            for (JsonNode quota : plan.get("quotas"))
                quotas.add(new ClientQuotaAlteration(
                    new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, quota.get("clientId").asText())),
                    List.of(new ClientQuotaAlteration.Op(quota.get("key").asText(), quota.get("bytes").asDouble()))));
            if (!quotas.isEmpty()) admin.alterClientQuotas(quotas).all().get(30, TimeUnit.SECONDS);
            Map<ConfigResource, Collection<AlterConfigOp>> groups = new HashMap<>();
            for (JsonNode of : plan.get("members"))
                if (of.hasNonNull("share")) {
                    List<AlterConfigOp> ops = new ArrayList<>();
                    of.get("share").get("group").fields().forEachRemaining(one -> ops.add(new AlterConfigOp(
                        new ConfigEntry(one.getKey(), one.getValue().asText()), AlterConfigOp.OpType.SET)));
                    if (!ops.isEmpty())
                        groups.put(new ConfigResource(ConfigResource.Type.GROUP, prefix + of.get("group").asText()), ops);
                }
            if (!groups.isEmpty()) admin.incrementalAlterConfigs(groups).all().get(30, TimeUnit.SECONDS);
        }

        List<String> topics() {
            List<String> names = new ArrayList<>();
            for (JsonNode topic : plan.get("topics")) names.add(prefix + topic.get("name").asText());
            return names;
        }

        void createTopics() throws Exception {
            List<NewTopic> wanted = new ArrayList<>();
            for (JsonNode topic : plan.get("topics")) {
                Map<Integer, List<Integer>> replicas = new TreeMap<>();
                int partition = 0;
                for (JsonNode list : topic.get("replicas")) {
                    List<Integer> ids = new ArrayList<>();
                    list.forEach(id -> ids.add(id.asInt()));
                    replicas.put(partition++, ids);
                }
                Map<String, String> config = new HashMap<>();
                topic.get("config").fields().forEachRemaining(one -> config.put(one.getKey(), one.getValue().asText()));
                wanted.add(new NewTopic(prefix + topic.get("name").asText(), replicas).configs(config));
            }
            admin.createTopics(wanted).all().get(30, TimeUnit.SECONDS);
            // The controller has them; now until the brokers serve them.
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (NewTopic topic : wanted)
                for (int partition : topic.replicasAssignments().keySet())
                    ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            for (long deadline = now() + 30_000_000_000L;;) {
                try {
                    admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS);
                    return;
                } catch (ExecutionException e) {
                    if (now() > deadline) throw e;
                    Thread.sleep(50);
                }
            }
        }

        /** Until every partition of every group with members from the start is owned, and their positions are known. */
        void awaitGroups() throws Exception {
            long deadline = now() + 120_000_000_000L;
            long since = Long.MAX_VALUE;
            while (now() < deadline) {
                if (!settled()) since = Long.MAX_VALUE;
                else if (since == Long.MAX_VALUE) since = now();
                else if (now() - since > 1_000_000_000L) return;
                Thread.sleep(20);
            }
            throw new IllegalStateException("the groups do not settle");
        }

        boolean settled() throws Exception {
            Map<String, Integer> owned = new HashMap<>();
            Map<String, Integer> wanted = new HashMap<>();
            Map<String, Integer> latest = new HashMap<>();
            for (ObjectNode event : events)
                if (event.has("owned"))
                    latest.put(event.get("consumer").asText() + " " + event.get("instance"), event.get("owned").asInt());
            for (JsonNode of : plan.get("members")) {
                if (of.get("start").asLong() > 0) continue;
                String group = of.get("group").asText();
                if (of.hasNonNull("share")) {
                    if (!shares(group, of)) return false;
                    continue;
                }
                wanted.put(group, of.get("groupPartitions").asInt());
                Integer has = latest.get(of.get("consumer").asText() + " " + of.get("instance"));
                if (has == null && !of.get("mayIdle").asBoolean()) return false;
                owned.merge(group, has == null ? 0 : has, Integer::sum);
            }
            return owned.equals(wanted);
        }

        /** Whether a member of a share group has its partitions. */
        boolean shares(String group, JsonNode of) throws Exception {
            String id = prefix + group;
            try {
                var described = admin.describeShareGroups(List.of(id)).all().get(30, TimeUnit.SECONDS).get(id);
                return described.groupState() == GroupState.STABLE && described.members().stream().anyMatch(member ->
                    member.clientId().equals(of.get("clientId").asText()) && !member.assignment().topicPartitions().isEmpty());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof GroupIdNotFoundException) return false;
                throw e;
            }
        }

        /** Crashes of clients, and what an administrator does. */
        void act(long zero) {
            for (JsonNode action : plan.get("actions")) {
                until(zero + action.get("at").asLong());
                try {
                    switch (action.get("kind").asText()) {
                        case "crash" -> children.get(action.get("client").asText()).process.destroyForcibly();
                        case "replay" -> {
                            int index = 0;
                            for (JsonNode of : plan.get("members")) {
                                String client = "members " + index++;
                                if (!of.get("group").equals(action.get("group"))) continue;
                                if (clients.containsKey(client)) clients.get(client).tell(action);
                                else children.get(client).write("tell " + action);
                            }
                        }
                        case "deleteRecords" -> admin.deleteRecords(Map.of(
                            new TopicPartition(prefix + action.get("topic").asText(), action.get("partition").asInt()),
                            RecordsToDelete.beforeOffset(action.get("before").asLong()))).all().get();
                        case "partitions" -> admin.createPartitions(Map.of(
                            prefix + action.get("topic").asText(), NewPartitions.increaseTo(action.get("count").asInt()))).all().get();
                        default -> throw new IllegalArgumentException(action.toString());
                    }
                } catch (Exception e) {
                    e.printStackTrace();
                }
            }
        }

        ObjectNode snapshot(long zero) throws Exception {
            ObjectNode out = json.createObjectNode();
            out.put("zero", zero);
            ObjectNode committed = out.putObject("committed");
            Set<String> groups = new java.util.TreeSet<>();
            Set<String> shared = new java.util.TreeSet<>();
            for (JsonNode of : plan.get("members")) (of.hasNonNull("share") ? shared : groups).add(of.get("group").asText());
            for (String group : shared) {
                ObjectNode offsets = committed.putObject(group);
                admin.listShareGroupOffsets(Map.of(prefix + group, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetAndMetadata(prefix + group).get(20, TimeUnit.SECONDS)
                    .forEach((partition, offset) -> {
                        if (offset != null) offsets.put(nameOf(prefix, partition), offset.offset());
                    });
            }
            for (String group : groups) {
                ObjectNode offsets = committed.putObject(group);
                admin.listConsumerGroupOffsets(prefix + group).partitionsToOffsetAndMetadata().get(20, TimeUnit.SECONDS)
                    .forEach((partition, offset) -> {
                        if (offset != null) offsets.put(nameOf(prefix, partition), offset.offset());
                    });
            }
            Set<TopicPartition> partitions = admin.describeTopics(topics()).allTopicNames().get(20, TimeUnit.SECONDS).values()
                .stream().flatMap(topic -> topic.partitions().stream().map(one -> new TopicPartition(topic.name(), one.partition())))
                .collect(Collectors.toSet());
            ArrayNode events = out.putArray("events");
            ArrayNode answers = out.putArray("answers");
            this.events.forEach(event -> (event.get("kind").asText().equals("answer") ? answers : events).add(event));
            ObjectNode logs = logs(partitions);
            out.set("logs", logs);
            for (int broker = 1; broker <= plan.get("brokers").asInt(); broker++)
                try {
                    admin.describeLogDirs(List.of(broker)).allDescriptions().get(2, TimeUnit.SECONDS).values()
                        .forEach(folders -> folders.values().forEach(folder ->
                            folder.replicaInfos().forEach((partition, replica) -> {
                                if (partitions.contains(partition))
                                    ((ObjectNode) logs.get(nameOf(prefix, partition))).put("bytes", replica.size());
                            })));
                } catch (ExecutionException | TimeoutException e) {
                    // It is down; the other replicas tell the same.
                }
            return out;
        }

        /** Every record that the logs hold now, `[offset, n]`; what a tombstone's number is, its producer knows. */
        ObjectNode logs(Set<TopicPartition> partitions) {
            Properties config = properties(plan, json.createObjectNode(), Map.of("enable.auto.commit", "false"));
            ObjectNode logs = json.createObjectNode();
            try (KafkaConsumer<byte[], byte[]> reader =
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                reader.assign(partitions);
                Map<TopicPartition, Long> starts = reader.beginningOffsets(partitions);
                Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
                starts.forEach((partition, start) -> {
                    ObjectNode log = logs.putObject(nameOf(prefix, partition));
                    log.put("start", start).put("end", ends.get(partition)).putArray("records");
                });
                reader.seekToBeginning(partitions);
                while (partitions.stream().anyMatch(one -> reader.position(one) < ends.get(one)))
                    for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                        ArrayNode records = (ArrayNode) logs.get(nameOf(prefix, partition)).get("records");
                        records.addArray().add(record.offset()).add(number(record.value()));
                    }
            }
            return logs;
        }
    }
}
