/** The words of a routing key or pattern: the empty string has none; otherwise empty words count as words. */
function words(text: string): readonly string[] {
  return text === "" ? [] : text.split(".");
}

/**
 * Whether a topic pattern matches a routing key: `*` stands for exactly one word, which may be empty, `#` for zero or
 * more; inside a longer word both are plain characters. So "" matches "#" and "", but not "*"; "a." matches "a.*".
 * (Recorded from RabbitMQ 3.10)
 */
export function topicMatches(pattern: string, routingKey: string): boolean {
  const wanted = words(pattern);
  const given = words(routingKey);
  let at = 0;
  let word = 0;
  /** Where to go on when what follows the last `#` does not fit: it then takes one word more. */
  let afterHash = -1;
  let taken = 0;
  while (word < given.length) {
    if (wanted[at] === "#") {
      afterHash = ++at;
      taken = word;
    } else if (at < wanted.length && (wanted[at] === "*" || wanted[at] === given[word])) {
      at++;
      word++;
    } else if (afterHash >= 0) {
      at = afterHash;
      word = ++taken;
    } else return false;
  }
  while (wanted[at] === "#") at++;
  return at === wanted.length;
}

/**
 * Whether every routing key that `special` matches is matched by `general` as well. Both are read side by side, word by
 * word: where `special` takes any word, `general` must take one that no pattern names.
 */
export function topicCovers(general: string, special: string): boolean {
  const wide = words(general);
  const narrow = words(special);
  const named = new Set([...wide, ...narrow].filter((word) => word !== "*" && word !== "#"));
  // A word that neither pattern names; dots never stand in one.
  const other = ".";
  /** Where in a pattern one may be without taking a word: a `#` may take none. */
  const closed = (pattern: readonly string[], places: ReadonlySet<number>): Set<number> => {
    const all = new Set(places);
    for (const place of all) if (pattern[place] === "#") all.add(place + 1);
    return all;
  };
  const after = (pattern: readonly string[], places: ReadonlySet<number>, word: string): Set<number> => {
    const next = new Set<number>();
    for (const place of places)
      if (pattern[place] === "#") next.add(place);
      else if (pattern[place] === "*" || pattern[place] === word) next.add(place + 1);
    return closed(pattern, next);
  };
  const seen = new Set<string>();
  const holds = (at: ReadonlySet<number>, against: ReadonlySet<number>): boolean => {
    if (at.size === 0) return true;
    if (at.has(narrow.length) && !against.has(wide.length)) return false;
    const state = `${[...at].join()}|${[...against].join()}`;
    if (seen.has(state)) return true;
    seen.add(state);
    return [...named, other].every((word) => holds(after(narrow, at, word), after(wide, against, word)));
  };
  return holds(closed(narrow, new Set([0])), closed(wide, new Set([0])));
}

interface Node {
  readonly id: number;
  /** By their word; undefined while there are none. */
  children: Map<string, Node> | undefined;
  readonly ends: number[];
}

/** All patterns of one exchange, so that a key is held against their common words once. */
export class TopicTrie {
  private nodes = 0;
  private readonly root = this.node();

  /** What `destination` stands for is the caller's. */
  add(pattern: string, destination: number): void {
    let node = this.root;
    for (const word of words(pattern)) {
      node.children ??= new Map();
      let child = node.children.get(word);
      if (child === undefined) node.children.set(word, (child = this.node()));
      node = child;
    }
    node.ends.push(destination);
  }

  /** The destinations whose pattern matches. */
  match(routingKey: string): Set<number> {
    const given = words(routingKey);
    const found = new Set<number>();
    /** Behind a `#` a node is looked at once for each word, however many ways lead there; to the others there is one. */
    let seen: Set<number> | undefined;
    const visit = (node: Node, word: number): void => {
      if (seen !== undefined) {
        const state = node.id * (given.length + 1) + word;
        if (seen.has(state)) return;
        seen.add(state);
      }
      if (word === given.length) for (const destination of node.ends) found.add(destination);
      const { children } = node;
      if (children === undefined) return;
      const hash = children.get("#");
      if (hash !== undefined) {
        seen ??= new Set();
        for (let rest = word; rest <= given.length; rest++) visit(hash, rest);
      }
      if (word === given.length) return;
      const text = given[word]!;
      const star = children.get("*");
      if (star !== undefined) visit(star, word + 1);
      if (text === "*" || text === "#") return;
      const same = children.get(text);
      if (same !== undefined) visit(same, word + 1);
    };
    visit(this.root, 0);
    return found;
  }

  private node(): Node {
    return { id: this.nodes++, children: undefined, ends: [] };
  }
}
