import java.util.LinkedHashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints what Kafka's own definitions let each setting be: kind, name and bounds, in a line each. */
public class Ranges {
    public static void main(String[] args) {
        Map<String, ConfigDef> definitions = new LinkedHashMap<>();
        definitions.put("producer", ProducerConfig.configDef());
        definitions.put("consumer", ConsumerConfig.configDef());
        definitions.put("topic", LogConfig.configDefCopy());
        definitions.put("broker", KafkaConfig.configDef());
        definitions.put("group", GroupConfig.configDef());
        definitions.forEach((kind, definition) -> definition.configKeys().forEach((name, key) -> {
            if (key.validator instanceof ConfigDef.Range)
                System.out.println(kind + " " + name + " " + key.validator);
        }));
    }
}
