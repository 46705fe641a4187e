"""The models in SimPy: one line of a table is `name messages cpu_seconds`."""
import random
import sys
import time

import simpy


def single_server(env, messages, rng, waits):
    server = simpy.Resource(env, capacity=1)

    def customer():
        arrived = env.now
        with server.request() as turn:
            yield turn
            waits.append(env.now - arrived)
            yield env.timeout(rng.expovariate(1.0))

    for _ in range(messages):
        yield env.timeout(rng.expovariate(0.8))
        env.process(customer())


def pipeline(env, messages, rng, latencies, partitions=8):
    logs = [simpy.Resource(env, capacity=1) for _ in range(partitions)]
    handlers = [simpy.Resource(env, capacity=1) for _ in range(partitions)]

    def message(partition):
        sent = env.now
        with logs[partition].request() as turn:
            yield turn
            yield env.timeout(rng.expovariate(1.0))
        yield env.timeout(3.0)
        with handlers[partition].request() as turn:
            yield turn
            yield env.timeout(rng.expovariate(1.0))
        yield env.timeout(3.0)
        latencies.append(env.now - sent)

    for _ in range(messages):
        yield env.timeout(rng.expovariate(0.8 * partitions))
        env.process(message(hash(rng.randrange(1000)) % partitions))


name, messages = sys.argv[1], int(sys.argv[2])
env = simpy.Environment()
values = []
env.process({"mm1": single_server, "pipeline": pipeline}[name](env, messages, random.Random(1), values))
start = time.process_time()
env.run()
print(time.process_time() - start, sum(values) / len(values))
