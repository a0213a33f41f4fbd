// Svelte in runes mode everywhere; TypeScript inside components needs no preprocessor. The classes that keep the styles of components
// apart are short: they are a part of the page's size.
const cssHash = ({ hash, filename, css }) => `s${hash(filename ?? css).slice(0, 3)}`;

export default { compilerOptions: { runes: true, cssHash } };
