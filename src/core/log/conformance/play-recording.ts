import { playAssignmentSequences } from "./assignment-sequences.ts";
import { playFreshAssignments } from "./assignments.ts";
import { playKeyVectors } from "./key-vectors.ts";
import { playLogScenarios } from "./log-scenario-player.ts";
import { NotPlayable, objectAt } from "./recorded.ts";

/**
 * A recording of Kafka's own code with every result replaced by what the simulator's classes give: partitions of keys,
 * assignments of new groups and of groups that change, what a log holds. Its keys tell its kind. Throws `NotPlayable` with the place of
 * what cannot be played.
 */
export function playKafkaRecording(recording: unknown): unknown {
  const file = objectAt(recording, "the file");
  if ("vectors" in file) return playKeyVectors(file);
  if ("configurations" in file) return playFreshAssignments(file);
  if ("sequences" in file) return playAssignmentSequences(file);
  if ("scenarios" in file) return playLogScenarios(file);
  throw new NotPlayable(
    "the file has none of `vectors`, `configurations`, `sequences` and `scenarios`: its kind is not known",
  );
}
