// Claims with sample data, for the mock and for the tests.
import type { Claim } from "../bindings/Claim";

const claim = (name: string, kind: Claim["kind"], text: string, cut = false): Claim => ({ name, kind, text, cut });

const usual: Claim[] = [
  claim("sub", "text", "ada"),
  claim("iss", "text", "https://id.acme.example/"),
  claim("aud", "list", '["desktop"]'),
  claim("name", "text", "Ada Park"),
  claim("given_name", "text", "Ada"),
  claim("family_name", "text", "Park"),
  claim("preferred_username", "text", "ada"),
  claim("email", "text", "ada@example.com"),
  claim("email_verified", "boolean", "true"),
  claim("picture", "text", "https://id.acme.example/people/ada.png"),
  claim("birthdate", "text", "1990-05-02"),
  claim("locale", "text", "en-GB"),
  claim("zoneinfo", "text", "Europe/London"),
  claim("updated_at", "number", "1767225600"),
  claim("groups", "list", '["engineering","instruments"]'),
  claim("auth_time", "number", "1795221600"),
  claim("amr", "list", '["pwd","otp"]'),
  claim("acr", "text", "urn:mace:incommon:iap:silver"),
  claim("iat", "number", "1795221604"),
  claim("exp", "number", "1795225204"),
  claim("sid", "text", "9f1c2b7e-44f0-4d0e-9d35-5c4f1b7f2a10"),
  claim("user_metadata", "object", '{"first_name":"Ada","last_name":"Park","country":"GB","active":true,"seats":3}'),
  claim("https://acme.example/plan", "text", "team"),
  claim("seats", "number", "3"),
  claim("newsletter", "boolean", "false"),
  claim("manager", "null", "null"),
];

const hostile: Claim[] = [
  claim("name", "text", "<b>Ada</b> <img src=x onerror=alert(1)>"),
  claim("nickname", "text", `\u202egpj.kraP\u2066 ${"Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306".repeat(6)}`),
  claim("email", "text", ""),
  claim("email_verified", "text", "perhaps"),
  claim("birthdate", "text", "0000-02-31"),
  claim("locale", "text", "../../etc/passwd"),
  claim("updated_at", "number", "99999999999999999999"),
  claim("auth_time", "number", "-1"),
  claim("amr", "list", '[["pwd"],{"otp":null},null]'),
  claim("groups", "list", "[]"),
  claim("address", "object", "{}"),
  claim("long", "text", "0123456789".repeat(200), true),
  claim("unbroken", "list", `["${"x".repeat(1990)}`, true),
  claim("deep", "object", `${'{"a":'.repeat(60)}1${"}".repeat(60)}`),
  claim("constructor", "text", "[object Object]"),
  claim("__proto__", "object", '{"polluted":true}'),
  claim(`https://${"very-long-label.".repeat(8)}example.com/claim`, "null", "null"),
  ...Array.from({ length: 210 }, (_, index) => claim(`filler_${index}`, "number", String(index))),
];

/** All samples by name. */
export const claimSamples: Readonly<Record<string, Claim[]>> = { none: [], usual, hostile };
