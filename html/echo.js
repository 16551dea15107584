// The form posts to /echo.py without this script, too; with it the answer appears on the page.
const form = document.querySelector('#echo');
const answer = form.querySelector('output');

form.addEventListener('submit', async event => {
  event.preventDefault();
  answer.textContent = '…';
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: form.elements.text.value,
    });
    const type = response.headers.get('Content-Type');
    const length = response.headers.get('Content-Length');
    const body = await response.text();
    answer.textContent = `${response.status}\nContent-Type: ${type}\nContent-Length: ${length}\n\n${body}`;
  } catch {
    answer.textContent = answer.dataset.failed;
  }
});
