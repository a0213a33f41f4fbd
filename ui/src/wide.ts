/** Room for a second column; Screen.svelte says the same. */
export const wide = "(min-width: 56rem) and (min-height: 42rem)";
