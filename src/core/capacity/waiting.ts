/**
 * The mean wait in a queue with Poisson arrivals, in the unit of `service` (its mean); undefined where no formula holds.
 * One server: Pollaczek and Khinchine, with the squared coefficient of variation of the service time; several: Erlang's C, and
 * where service is nearly exponential what Lee and Longton (1959) made of it.
 */
export function meanWait(load: {
  readonly utilization: number;
  readonly servers: number;
  readonly service: number;
  readonly variation: number | undefined;
}): number | undefined {
  const { utilization, servers, service, variation } = load;
  if (!(utilization < 1) || variation === undefined) return undefined;
  if (servers === 1) return (((1 + variation) / 2) * utilization * service) / (1 - utilization);
  if (variation > 1 || variation < nearlyExponential) return undefined;
  return (((1 + variation) / 2) * erlangC(utilization, servers) * service) / (servers * (1 - utilization));
}

/** A variation from which on the approximation for several servers is within a hundredth. */
const nearlyExponential = 0.8;

/** The chance that an arrival has to wait. */
function erlangC(utilization: number, servers: number): number {
  const offered = utilization * servers;
  // Erlang's B by its recursion, which stays within range for any number of servers.
  let blocked = 1;
  for (let count = 1; count <= servers; count++) blocked = (offered * blocked) / (count + offered * blocked);
  return blocked / (1 - utilization * (1 - blocked));
}
