/** Asks the browser once, when the reader switches notices on. */
export async function askToNotify(): Promise<void> {
  if (typeof Notification === 'undefined' || Notification.permission !== 'default') return;
  await Notification.requestPermission();
}

/** A notice of the system, for a reader who is looking elsewhere. Goes through the service worker: phones accept no other. */
export async function notify(title: string, body: string): Promise<void> {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const worker = await workers?.getRegistration();
  await worker?.showNotification(title, { body, icon: '/icons/icon-192.png', tag: title });
}
