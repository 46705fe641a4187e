import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.PartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.assignor.RangeAssignor;
import org.apache.kafka.coordinator.group.assignor.SimpleAssignor;
import org.apache.kafka.coordinator.group.assignor.UniformAssignor;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Answers files of the kinds assign-fresh, assign-sequences and log-scenarios by Kafka's own classes, without a broker:
 * `Classes FILE ANSWER`.
 */
public class Classes {
    static final ObjectMapper json = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        ObjectNode file = (ObjectNode) json.readTree(new File(args[0]));
        for (JsonNode one : file.path("configurations")) Groups.configuration((ObjectNode) one);
        for (JsonNode one : file.path("sequences")) Groups.sequence((ObjectNode) one);
        for (JsonNode one : file.path("scenarios")) Logs.scenario((ObjectNode) one);
        json.writeValue(new File(args[1]), file);
        Runtime.getRuntime().halt(0);
    }

    record Member(String id, String instance, List<String> topics, Optional<String> rack) {}

    /** Who gets which partitions: assignors of clients and of the group coordinator. */
    static class Groups {
        /** Where racks keep a partition moving to and fro. */
        static final int followUpsMax = 50;
        static final List<String> ofClients = List.of("range", "roundrobin", "sticky", "cooperative-sticky");
        static final Comparator<TopicPartition> order =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

        static void configuration(ObjectNode of) throws Exception {
            Map<String, Integer> topics = counts(of.get("topics"));
            Map<String, Member> members = new TreeMap<>();
            for (JsonNode member : of.get("members")) members.put(member.get("id").asText(), member(member, "id"));
            ObjectNode java = of.putObject("java");
            for (String name : ofClients) java.set(name, json.valueToTree(new ClientGroup(name, of.path("racks")).next(topics, members)));
            ObjectNode server = of.putObject("server");
            for (String name : List.of("uniform", "range", "simple-share"))
                server.set(name, json.valueToTree(target(name, topics, members.values(), Map.of())));
        }

        static void sequence(ObjectNode of) throws Exception {
            ObjectNode results = of.putObject("results");
            for (String name : ofClients) {
                ArrayNode answers = results.putArray(name);
                ClientGroup group = new ClientGroup(name, of.path("racks"));
                play(of, (topics, members) -> group.rebalance(answers.addArray(), topics, members));
            }
            for (String name : List.of("uniform", "range")) {
                ArrayNode answers = results.putArray("server-" + name);
                Map<String, List<String>> held = new TreeMap<>();
                play(of, (topics, members) -> {
                    held.keySet().retainAll(members.keySet());
                    Map<String, List<String>> next = target(name, topics, members.values(), held);
                    ObjectNode answer = answers.addObject();
                    answer.set("targetAssignment", json.valueToTree(next));
                    answer.set("moved", missing(held, next));
                    held.clear();
                    held.putAll(next);
                });
            }
        }

        interface Stage {
            void reach(Map<String, Integer> topics, Map<String, Member> members) throws Exception;
        }

        static void play(ObjectNode sequence, Stage stage) throws Exception {
            Map<String, Integer> topics = counts(sequence.get("topics"));
            Map<String, Member> members = new TreeMap<>();
            for (JsonNode step : sequence.get("steps")) {
                for (JsonNode operation : step)
                    switch (operation.get("op").asText()) {
                        case "leave" -> members.remove(operation.get("member").asText());
                        case "partitions" -> topics.put(operation.get("topic").asText(), operation.get("count").asInt());
                        default -> members.put(operation.get("member").asText(), member(operation, "member"));
                    }
                stage.reach(topics, members);
            }
        }

        static Member member(JsonNode of, String id) {
            List<String> topics = new ArrayList<>();
            of.get("topics").forEach(topic -> topics.add(topic.asText()));
            return new Member(
                of.get(id).asText(), of.path("instanceId").textValue(), topics, Optional.ofNullable(of.path("rack").textValue()));
        }

        static Map<String, Integer> counts(JsonNode of) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            of.fields().forEachRemaining(entry -> counts.put(entry.getKey(), entry.getValue().asInt()));
            return counts;
        }

        static ObjectNode missing(Map<String, List<String>> some, Map<String, List<String>> others) {
            ObjectNode missing = json.createObjectNode();
            some.forEach((member, partitions) -> {
                List<String> gone = new ArrayList<>(partitions);
                gone.removeAll(others.getOrDefault(member, List.of()));
                if (others.containsKey(member) && !gone.isEmpty()) missing.set(member, json.valueToTree(gone));
            });
            return missing;
        }

        static List<String> named(Collection<TopicPartition> partitions) {
            return partitions.stream().sorted(order).map(TopicPartition::toString).toList();
        }

        /** A classic group, each of whose members has an assignor of its own. */
        static class ClientGroup {
            final String name;
            /** By topic, the racks of each partition's replicas, again from the first where there are more partitions. */
            final JsonNode racks;
            final Map<String, ConsumerPartitionAssignor> assignors = new TreeMap<>();
            final Map<String, List<TopicPartition>> held = new TreeMap<>();
            final Map<String, Integer> heldSince = new HashMap<>();
            int generation = 0;

            ClientGroup(String name, JsonNode racks) {
                this.name = name;
                this.racks = racks;
            }

            void rebalance(ArrayNode answers, Map<String, Integer> topics, Map<String, Member> members) {
                boolean again = !members.isEmpty();
                while (again) {
                    Map<String, List<String>> before = new TreeMap<>();
                    for (String member : members.keySet()) before.put(member, named(held.getOrDefault(member, List.of())));
                    Map<String, List<String>> after = next(topics, members);
                    ObjectNode revoked = missing(before, after);
                    again = name.equals("cooperative-sticky") && !revoked.isEmpty() && answers.size() < followUpsMax;
                    ObjectNode answer = answers.addObject().put("generation", generation);
                    answer.set("assignment", json.valueToTree(after));
                    answer.set("revoked", revoked);
                    answer.set("added", missing(after, before));
                    answer.put("followUpRebalance", again);
                }
            }

            Map<String, List<String>> next(Map<String, Integer> topics, Map<String, Member> members) {
                for (Map<String, ?> known : List.of(assignors, held, heldSince)) known.keySet().retainAll(members.keySet());
                Map<String, Subscription> subscriptions = new LinkedHashMap<>();
                members.forEach((id, member) -> {
                    ConsumerPartitionAssignor assignor = assignors.computeIfAbsent(id, any -> assignor());
                    ByteBuffer data = assignor.subscriptionUserData(new LinkedHashSet<>(member.topics()));
                    List<TopicPartition> owned =
                        name.equals("cooperative-sticky") ? held.getOrDefault(id, List.of()) : List.of();
                    Subscription subscription = new Subscription(
                        member.topics(), data, owned, heldSince.getOrDefault(id, -1), member.rack());
                    if (member.instance() != null) subscription.setGroupInstanceId(Optional.of(member.instance()));
                    subscriptions.put(id, subscription);
                });
                generation++;
                Node node = new Node(0, "localhost", 1);
                List<PartitionInfo> partitions = new ArrayList<>();
                topics.forEach((topic, count) -> {
                    for (int partition = 0; partition < count; partition++) {
                        Node[] replicas = replicas(topic, partition, node);
                        partitions.add(new PartitionInfo(topic, partition, node, replicas, replicas));
                    }
                });
                Cluster cluster = new Cluster("cluster", List.of(node), partitions, Set.of(), Set.of());
                Map<String, List<String>> answer = new TreeMap<>();
                assignor().assign(cluster, new GroupSubscription(subscriptions)).groupAssignment().forEach((id, assignment) -> {
                    assignors.get(id).onAssignment(assignment, new ConsumerGroupMetadata("group", generation, id, Optional.empty()));
                    held.put(id, assignment.partitions());
                    heldSince.put(id, generation);
                    answer.put(id, named(assignment.partitions()));
                });
                return answer;
            }

            Node[] replicas(String topic, int partition, Node alone) {
                JsonNode all = racks.path(topic);
                if (all.isEmpty()) return new Node[] {alone};
                JsonNode of = all.get(partition % all.size());
                Node[] replicas = new Node[of.size()];
                for (int i = 0; i < replicas.length; i++) replicas[i] = new Node(i, "localhost", 1, of.get(i).asText());
                return replicas;
            }

            ConsumerPartitionAssignor assignor() {
                return switch (name) {
                    case "range" -> new org.apache.kafka.clients.consumer.RangeAssignor();
                    case "roundrobin" -> new RoundRobinAssignor();
                    case "sticky" -> new StickyAssignor();
                    default -> new CooperativeStickyAssignor();
                };
            }
        }

        static Map<String, List<String>> target(
            String name, Map<String, Integer> topics, Collection<Member> members, Map<String, List<String>> held) {
            List<String> names = new ArrayList<>(topics.keySet());
            Map<String, MemberSubscriptionAndAssignmentImpl> specifications = new LinkedHashMap<>();
            Map<Uuid, Map<Integer, String>> owners = new HashMap<>();
            Set<Set<Uuid>> subscriptions = new HashSet<>();
            for (Member member : members) {
                Set<Uuid> subscribed = new LinkedHashSet<>();
                for (String topic : member.topics()) if (topics.containsKey(topic)) subscribed.add(idOf(names, topic));
                subscriptions.add(subscribed);
                Map<Uuid, Set<Integer>> own = new LinkedHashMap<>();
                for (String text : held.getOrDefault(member.id(), List.of())) {
                    int dash = text.lastIndexOf('-');
                    Uuid topic = idOf(names, text.substring(0, dash));
                    int partition = Integer.parseInt(text.substring(dash + 1));
                    own.computeIfAbsent(topic, any -> new TreeSet<>()).add(partition);
                    owners.computeIfAbsent(topic, any -> new HashMap<>()).put(partition, member.id());
                }
                specifications.put(member.id(), new MemberSubscriptionAndAssignmentImpl(
                    Optional.empty(), Optional.ofNullable(member.instance()), subscribed, new Assignment(own)));
            }
            SubscriptionType type =
                subscriptions.size() <= 1 ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS;
            SubscribedTopicDescriber describer = new SubscribedTopicDescriber() {
                public int numPartitions(Uuid topic) {
                    return topics.get(nameOf(names, topic));
                }

                public Set<String> racksForPartition(Uuid topic, int partition) {
                    return Set.of();
                }
            };
            PartitionAssignor assignor = switch (name) {
                case "uniform" -> new UniformAssignor();
                case "range" -> new RangeAssignor();
                default -> new SimpleAssignor();
            };
            GroupAssignment got = assignor.assign(new GroupSpecImpl(specifications, type, owners), describer);
            Map<String, List<String>> answer = new TreeMap<>();
            got.members().forEach((member, assignment) -> {
                List<TopicPartition> partitions = new ArrayList<>();
                assignment.partitions().forEach((topic, numbers) ->
                    numbers.forEach(number -> partitions.add(new TopicPartition(nameOf(names, topic), number))));
                answer.put(member, named(partitions));
            });
            return answer;
        }

        static Uuid idOf(List<String> names, String topic) {
            return new Uuid(0, names.indexOf(topic) + 1);
        }

        static String nameOf(List<String> names, Uuid topic) {
            return names.get((int) topic.getLeastSignificantBits() - 1);
        }
    }

    /** One partition's log under a clock of its own. */
    static class Logs {
        /** The high watermark is the log's end, unless the scenario sets it. */
        final boolean setsHighWatermark;
        final Clock clock = new Clock();
        final UnifiedLog log;
        final Cleaner cleaner;
        long cleanedUpTo = 0;

        static void scenario(ObjectNode scenario) throws Exception {
            File root = Files.createTempDirectory("log").toFile();
            File folder = new File(root, "topic-0");
            folder.mkdirs();
            Logs logs = new Logs(scenario, folder);
            for (JsonNode step : scenario.get("steps")) logs.play((ObjectNode) step);
            logs.log.closeHandlers();
            for (File file : folder.listFiles()) file.delete();
            folder.delete();
            root.delete();
        }

        Logs(ObjectNode scenario, File folder) throws Exception {
            Properties settings = new Properties();
            scenario.get("topicConfig").fields()
                .forEachRemaining(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
            int never = Integer.MAX_VALUE;
            log = UnifiedLog.create(
                folder, new LogConfig(settings), 0, 0, new Idle(), new BrokerTopicStats(), clock, never,
                new ProducerStateManagerConfig(never, false), never, new LogDirFailureChannel(1), true, Optional.empty());
            Throttler unthrottled = new Throttler(Double.MAX_VALUE, 1000, "cleaner", "bytes", clock);
            cleaner = new Cleaner(
                0, new SkimpyOffsetMap(1 << 22), 1 << 16, 1 << 24, 0.9, unthrottled, clock, partition -> {});
            boolean sets = false;
            for (JsonNode step : scenario.get("steps")) sets |= step.get("op").asText().equals("setHighWatermark");
            setsHighWatermark = sets;
        }

        void play(ObjectNode step) throws Exception {
            String operation = step.get("op").asText();
            step.put("atMs", clock.now);
            try {
                perform(operation, step);
            } catch (KafkaException refusal) {
                step.put("error", refusal.getClass().getSimpleName());
            }
            replicate();
            if (Set.of("sleep", "read", "offsetForTimestamp", "endOffsetForEpoch").contains(operation)) return;
            ObjectNode after = step.putObject("after");
            describe(after);
            if (operation.equals("clean") || operation.equals("truncateTo")) list(after.putArray("records"));
        }

        void perform(String operation, ObjectNode step) throws Exception {
            switch (operation) {
                case "append" -> {
                    long time = step.path("timestampMs").asLong(clock.now);
                    SimpleRecord record = new SimpleRecord(time, bytes(step.get("key")), bytes(step.get("value")));
                    step.put("offset", append(MemoryRecords.withRecords(Compression.NONE, record), step).firstOffset());
                }
                case "appendMany" -> {
                    byte[] value = new byte[step.get("valueBytes").asInt()];
                    SimpleRecord[] records = new SimpleRecord[step.get("count").asInt()];
                    Arrays.fill(records, new SimpleRecord(clock.now, bytes(step.get("key")), value));
                    boolean apart = step.get("oneRecordPerBatch").asBoolean();
                    for (int batch = 0; batch < (apart ? records.length : 1); batch++) {
                        SimpleRecord[] own = apart ? new SimpleRecord[] {records[0]} : records;
                        append(MemoryRecords.withRecords(Compression.NONE, own), step);
                        replicate();
                    }
                }
                case "appendIdempotent", "appendTxn" -> {
                    long producer = step.get("producerId").asLong();
                    short epoch = (short) step.get("epoch").asInt();
                    int sequence = step.get("baseSequence").asInt();
                    SimpleRecord[] records = new SimpleRecord[step.get("count").asInt()];
                    for (int i = 0; i < records.length; i++) {
                        String value = "p" + producer + "s" + (sequence + i);
                        records[i] = new SimpleRecord(clock.now, "k".getBytes(), value.getBytes());
                    }
                    long end = log.logEndOffset();
                    step.put("logEndOffsetBefore", end);
                    LogAppendInfo appended = append(operation.equals("appendTxn")
                        ? MemoryRecords.withTransactionalRecords(Compression.NONE, producer, epoch, sequence, records)
                        : MemoryRecords.withIdempotentRecords(Compression.NONE, producer, epoch, sequence, records), step);
                    step.put("firstOffset", appended.firstOffset()).put("lastOffset", appended.lastOffset());
                    step.put("duplicate", log.logEndOffset() == end);
                }
                case "endTransaction" -> {
                    EndTransactionMarker marker =
                        new EndTransactionMarker(ControlRecordType.valueOf(step.get("type").asText()), 0);
                    MemoryRecords records = MemoryRecords.withEndTransactionMarker(
                        0, clock.now, -1, step.get("producerId").asLong(), (short) step.get("epoch").asInt(), marker);
                    step.put("markerOffset",
                        log.appendAsLeader(records, leaderEpoch(step), AppendOrigin.COORDINATOR).firstOffset());
                }
                case "sleep" -> clock.now += step.get("ms").asLong();
                case "roll" -> log.roll();
                case "retentionCheck" -> step.put("segmentsDeleted", log.deleteOldSegments());
                case "setHighWatermark" -> log.updateHighWatermark(step.get("highWatermark").asLong());
                case "deleteRecordsBefore" -> log.maybeIncrementLogStartOffset(
                    step.get("offset").asLong(), LogStartOffsetIncrementReason.ClientRecordDeletion);
                case "clean" -> clean(step);
                case "read" -> read(step);
                case "offsetForTimestamp" -> {
                    var found = log.fetchOffsetByTimestamp(step.get("timestampMs").asLong(), Optional.empty())
                        .timestampAndOffsetOpt();
                    if (found.isEmpty()) step.putNull("offset");
                    else step.put("offset", found.get().offset).put("recordTimestampMs", found.get().timestamp);
                }
                case "endOffsetForEpoch" -> {
                    var found = log.endOffsetForEpoch(step.get("epoch").asInt());
                    if (found.isEmpty()) step.putNull("endOffset");
                    else step.put("epochFound", found.get().epoch()).put("endOffset", found.get().offset());
                }
                case "truncateTo" -> {
                    log.truncateTo(step.get("offset").asLong());
                    step.put("latestEpoch", log.latestEpoch().orElse(null));
                }
                default -> throw new IllegalArgumentException(operation);
            }
        }

        void clean(ObjectNode step) throws Exception {
            var range = LogCleanerManager.cleanableOffsets(log, Optional.of(cleanedUpTo), clock.now);
            LogToClean dirty =
                new LogToClean(log, range.firstDirtyOffset(), range.firstUncleanableDirtyOffset(), false);
            step.put("firstDirtyOffset", dirty.firstDirtyOffset());
            step.put("firstUncleanableOffset", dirty.firstUncleanableOffset());
            step.put("cleanBytes", dirty.cleanBytes()).put("cleanableBytes", dirty.cleanableBytes());
            step.put("cleanableRatio", Double.isNaN(dirty.cleanableRatio()) ? 0 : dirty.cleanableRatio());
            boolean any = dirty.firstUncleanableOffset() > dirty.firstDirtyOffset();
            cleanedUpTo = any ? cleaner.clean(dirty).getKey() : dirty.firstDirtyOffset();
            step.put("cleanedUpTo", cleanedUpTo);
        }

        void read(ObjectNode step) throws Exception {
            FetchIsolation isolation = FetchIsolation.valueOf(step.get("isolation").asText());
            FetchDataInfo found = log.read(step.get("fromOffset").asLong(), step.get("maxBytes").asInt(), isolation,
                step.get("minOneMessage").asBoolean());
            ArrayNode offsets = step.putArray("offsets");
            for (RecordBatch batch : found.records.batches()) for (Record record : batch) offsets.add(record.offset());
            if (isolation != FetchIsolation.TXN_COMMITTED) return;
            ArrayNode aborted = step.putArray("abortedTransactions");
            found.abortedTransactions.orElse(List.of()).forEach(transaction -> aborted.addObject()
                .put("producerId", transaction.producerId()).put("firstOffset", transaction.firstOffset()));
        }

        LogAppendInfo append(MemoryRecords records, ObjectNode step) throws Exception {
            return log.appendAsLeader(records, leaderEpoch(step));
        }

        static int leaderEpoch(ObjectNode step) {
            return step.path("leaderEpoch").asInt(0);
        }

        void replicate() throws Exception {
            if (!setsHighWatermark) log.updateHighWatermark(log.logEndOffset());
        }

        void describe(ObjectNode after) throws Exception {
            after.put("logStartOffset", log.logStartOffset()).put("highWatermark", log.highWatermark());
            after.put("lastStableOffset", log.lastStableOffset()).put("logEndOffset", log.logEndOffset());
            after.put("sizeBytes", log.size());
            ArrayNode segments = after.putArray("segments");
            for (LogSegment segment : log.logSegments()) {
                OptionalLong largest = segment.largestRecordTimestamp();
                segments.addObject()
                    .put("baseOffset", segment.baseOffset()).put("nextOffset", segment.readNextOffset())
                    .put("sizeBytes", segment.size()).put("active", segment == log.activeSegment())
                    .put("largestTimestampMs", largest.isPresent() ? (Long) largest.getAsLong() : null);
            }
        }

        void list(ArrayNode records) {
            for (LogSegment segment : log.logSegments())
                for (RecordBatch batch : segment.log().batches())
                    for (Record record : batch) {
                        ObjectNode one = records.addObject().put("offset", record.offset());
                        if (batch.isControlBatch()) one.put("control", ControlRecordType.parse(record.key()).name());
                        else one.put("key", text(record.key())).put("value", text(record.value()));
                        if (batch.hasProducerId()) one.put("producerId", batch.producerId());
                        if (batch.deleteHorizonMs().isPresent())
                            one.put("deleteHorizonMs", batch.deleteHorizonMs().getAsLong());
                    }
        }

        static byte[] bytes(JsonNode text) {
            return text == null || text.isNull() ? null : text.asText().getBytes(StandardCharsets.UTF_8);
        }

        /** The zeros of `appendMany` are written as "v". */
        static String text(ByteBuffer bytes) {
            if (bytes == null) return null;
            String text = StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
            return text.startsWith("\0") ? "v" : text;
        }
    }

    static class Clock implements Time {
        long now = 0;

        public long milliseconds() {
            return now;
        }

        public long nanoseconds() {
            return now * 1_000_000;
        }

        public void sleep(long ms) {
            now += ms;
        }

        public void waitObject(Object object, Supplier<Boolean> condition, long deadline) {}
    }

    /** What runs in the background is deletion of files alone. */
    static class Idle implements Scheduler {
        public void startup() {}

        public void shutdown() {}

        public void resizeThreadPool(int threads) {}

        public ScheduledFuture<?> schedule(String name, Runnable task, long delay, long period) {
            return null;
        }
    }
}
