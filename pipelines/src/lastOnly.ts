/** What a function gave for its last argument, so that only one of its large results is held. */
export function lastOnly<A, T>(make: (argument: A) => T): (argument: A) => T {
  let last: { readonly argument: A; readonly value: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument) {
      // What is not needed any more goes before the next is made.
      last = undefined;
      last = { argument, value: make(argument) };
    }
    return last.value;
  };
}
