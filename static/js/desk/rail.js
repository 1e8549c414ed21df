// On a narrow screen the rail scrolls sideways: bring the entry of this page into sight.
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
