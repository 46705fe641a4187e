/** A station of queueing theory: Poisson arrivals, so many servers, service of mean 100 ms. */
export interface Station {
  readonly name: string;
  readonly servers: number;
  /** Arrivals per second. */
  readonly rate: number;
  readonly service: "exponential" | "constant";
}

/** Mean service, ms. */
export const serviceMs = 100;

const markov = (servers: number, rate: number): Station => ({
  name: `M/M/${servers} at ${rate}/s`,
  servers,
  rate,
  service: "exponential",
});

const deterministic = (rate: number): Station => ({
  name: `M/D/1 at ${rate}/s`,
  servers: 1,
  rate,
  service: "constant",
});

export const stations: readonly Station[] = [
  markov(1, 8),
  markov(1, 9),
  markov(2, 16),
  markov(3, 24),
  markov(4, 36),
  markov(10, 90),
  deterministic(5),
  deterministic(8),
  deterministic(9),
];

/** Share of the servers' time that is busy. */
export const utilization = ({ rate, servers }: Station): number => (rate * serviceMs) / 1000 / servers;

/** Erlang's C: the probability that all servers are busy. A single server is busy for its utilization. */
export function probabilityOfWaiting(station: Station): number {
  const load = utilization(station) * station.servers;
  let term = 1;
  let below = 0;
  for (let busy = 0; busy < station.servers; busy++) {
    below += term;
    term *= load / (busy + 1);
  }
  const all = term / (1 - utilization(station));
  return all / (below + all);
}

/** Mean time from arrival to the start of service, ms. Constant service halves it (Pollaczek and Khinchine). */
export function meanWaitMs(station: Station): number {
  const markovian =
    (probabilityOfWaiting(station) * serviceMs) / (station.servers * (1 - utilization(station)));
  return station.service === "constant" ? markovian / 2 : markovian;
}

/** Mean number that waits, by Little's law. */
export const meanQueue = (station: Station): number => (meanWaitMs(station) / 1000) * station.rate;
