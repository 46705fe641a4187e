import { byInstanceThenMember, compareText, type Assignor, type TopicPartition } from "./assignment.ts";

/** Kafka's `roundrobin`: all partitions, by topic name, dealt in a circle that skips who does not subscribe. */
export const roundRobinAssign: Assignor = (subscribers, partitions) => {
  const assigned = new Map<string, TopicPartition[]>(subscribers.map(({ id }) => [id, []]));
  const circle = subscribers.toSorted(byInstanceThenMember);
  let turn = 0;
  for (const [topic, count] of [...partitions].sort(([a], [b]) => compareText(a, b))) {
    if (!circle.some(({ topics }) => topics.includes(topic))) continue;
    for (let partition = 0; partition < count; partition++) {
      while (!circle[turn]!.topics.includes(topic)) turn = (turn + 1) % circle.length;
      assigned.get(circle[turn]!.id)!.push({ topic, partition });
      turn = (turn + 1) % circle.length;
    }
  }
  return assigned;
};
