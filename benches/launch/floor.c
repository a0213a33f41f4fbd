/* The floor of `cargo xtask bench launch`: the least a program can do to show a page. One GTK window with one web view of
 * WebKitGTK and nothing else, which shows the page it is given. Without a page: a window with a label, without a web view. */
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

int main(int argc, char **argv) {
    gtk_init(&argc, &argv);
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_default_size(GTK_WINDOW(window), 420, 560);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    if (argc > 1) {
        GFile *file = g_file_new_for_commandline_arg(argv[1]);
        char *address = g_file_get_uri(file);
        GtkWidget *view = webkit_web_view_new();
        gtk_container_add(GTK_CONTAINER(window), view);
        webkit_web_view_load_uri(WEBKIT_WEB_VIEW(view), address);
        g_free(address);
        g_object_unref(file);
    } else {
        gtk_container_add(GTK_CONTAINER(window), gtk_label_new("Hello"));
    }
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
