// The shell, asked as soon as this line runs: a promise would wait until the whole file has run.
import { begin } from "./begin";
import { connect } from "./bridge";

const bridge = connect();
export const begun = bridge instanceof Promise ? bridge.then(begin) : begin(bridge);
