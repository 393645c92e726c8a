// The frame of every page.

// Menus are <details>: the browser opens them, only closing from elsewhere needs a hand.
function menus() {
  document.addEventListener('click', event => {
    for (const menu of all('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return
    for (const menu of all('details.menu[open]')) {
      menu.open = false
      menu.querySelector('summary').focus()
    }
  })
}

menus()
