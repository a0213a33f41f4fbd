//! Every message between the page and the app, written down in the page itself: what it sends, what comes back, and the
//! stream of views.

use serde_json::Value;

use crate::failure::{Result, ensure};
use crate::webdriver::{Page, bounded};

/// Stands between the page and the app from now on. Callbacks are looked up in a map the page can reach, and requests go
/// through `fetch`, or through `postMessage` where that fails: each of the three is written down and passed on.
const INSTALL: &str = r"
    if (window.__recorded) return true;
    const kept = [];
    Object.defineProperty(window, '__recorded', { value: kept });
    const text = (value) => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
      return typeof value === 'string' ? value : JSON.stringify(value);
    };
    const { callbacks } = window.__TAURI_INTERNALS__;
    const get = callbacks.get.bind(callbacks);
    callbacks.get = (id) => {
      const callback = get(id);
      return callback && ((data) => { kept.push(['received', text(data)]); return callback(data); });
    };
    const send = window.fetch;
    window.fetch = (address, options) => {
      kept.push(['sent', String(address), text(options?.body)]);
      return send(address, options);
    };
    const post = window.ipc?.postMessage?.bind(window.ipc);
    try { if (post) window.ipc.postMessage = (message) => { kept.push(['sent', text(message)]); return post(message); }; } catch {}
    return window.fetch !== send;
";

/// Everything the page could keep besides its markup: databases, caches, workers, its history's state and its own name.
const STORED: &str = r"
    const done = arguments[0];
    const of = async (read) => { try { return await read(); } catch (error) { return String(error); } };
    const all = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const databases = async () => {
      const found = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await all(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          const rows = await all(database.transaction(store).objectStore(store).getAll());
          found.push([name, store, rows]);
        }
        database.close();
      }
      return found;
    };
    const cached = async () => {
      const found = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          found.push([name, request.url, await (await cache.match(request)).text()]);
        }
      }
      return found;
    };
    const workers = async () => (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope);
    Promise.all([of(databases), of(cached), of(workers)]).then((kept) => done(JSON.stringify([
      kept, history.state, window.name, document.referrer, performance.getEntries().map((entry) => entry.name),
    ])));
";

/// Begins to write down the page's messages. A page that was loaded anew has to be asked again.
///
/// # Errors
/// The page does not let it.
pub async fn install(page: &Page) -> Result<()> {
    let installed = page.execute(INSTALL).await?;
    ensure(
        installed == Value::Bool(true),
        "the page's messages cannot be written down",
    )
}

/// The messages written down since then, as text, and how many they are.
pub async fn messages(page: &Page) -> Result<(String, usize)> {
    let kept = page.execute("return window.__recorded").await?;
    let count = kept.as_array().map_or(0, Vec::len);
    Ok((kept.to_string(), count))
}

/// Everything the page holds besides its markup and its plain storage, as text.
pub async fn stored(page: &Page) -> Result<String> {
    let stored = bounded(
        "read what the page stored",
        page.client().execute_async(STORED, Vec::new()),
    );
    Ok(stored.await?.as_str().unwrap_or_default().to_owned())
}
