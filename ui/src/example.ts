// The shortest configuration that works, as the unconfigured screen shows it.
export const example = `[provider]
name = "Acme"
issuer = "https://id.acme.example/"
client_id = "desktop"`;
