// The screen of the hall was loaded anew: `hall.js` has kept its address, which does not stand in the address bar.
try {
  const address = sessionStorage.getItem("hall-screen");
  if (address) location.replace(address);
} catch {
  // Where nothing is kept, hall.js leaves the address where it is, and this page is never seen.
}
