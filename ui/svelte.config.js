// Svelte in runes mode everywhere; TypeScript inside components needs no preprocessor.
export default { compilerOptions: { runes: true } };
