// Values by the names of fields. They are replaced when they change, so that what is shown follows.

export type Values<V> = ReadonlyMap<string, V>;

export function set<V>(values: Values<V>, name: string, value: V): Values<V> {
  return new Map(values).set(name, value);
}

export function by<T, V>(items: readonly (T & { name: string })[], value: (item: T) => V): Values<V> {
  return new Map(items.map((item) => [item.name, value(item)]));
}

export const none = <V>(): Values<V> => new Map();

export function where<V>(values: Values<V>, holds: (name: string, value: V) => boolean): Values<V> {
  return new Map([...values].filter(([name, value]) => holds(name, value)));
}

export function without<V>(values: Values<V>, ...names: string[]): Values<V> {
  return where(values, (name) => !names.includes(name));
}
