// Saying the texts of the catalogue with the names that all of them may use: the product, the provider, the credential store.
import type { AppInfo } from "./bindings/AppInfo";
import { line } from "./clean";
import type { Catalogue, Message } from "./messages/catalogue";
import type { PlainLanguage, Values } from "./messages/plain";

export abstract class Speaker {
  abstract readonly info: AppInfo;
  abstract readonly language: PlainLanguage;

  /** What a provider is called that is not configured yet. */
  protected get called(): string {
    return "";
  }

  /** The words of the language spoken. */
  get words(): Catalogue {
    return this.language.words;
  }

  /** The provider's name, also of one that is being tried; null when nobody gave it one. */
  get provider(): string | null {
    return line(this.info.provider ?? this.called, 40) || null;
  }

  /** What people call the credential store. */
  get store(): string {
    const { stores, unknown } = this.words;
    const name = line(this.info.store, 60);
    const known = name.toLowerCase().replaceAll(" ", "-");
    if (Object.hasOwn(stores, known)) return this.language.say(stores[known as keyof typeof stores]);
    return name || this.language.say(unknown.store);
  }

  /** A text of the catalogue with the names filled in. */
  say(message: Message, values: Values = {}): string {
    const provider = this.provider ?? this.language.say(this.words.unknown.provider);
    const providerNamed = this.provider === null ? "no" : "yes";
    return this.language.say(message, {
      product: this.info.product,
      provider,
      providerNamed,
      store: this.store,
      ...values,
    });
  }
}
