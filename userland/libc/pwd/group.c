/* getgrent, getgrnam, getgrgid */
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include "database.h"

static struct database base = {.path = "/etc/group"};

/* Cuts the list of members up; NULL where memory ends. */
static char **split_members(char *list)
{
    static char **members;
    size_t count = 0;
    do {
        char **more = reallocarray(members, count + 2, sizeof *more);
        if (more == NULL)
            return NULL;
        members = more;
        if (*list == '\0')
            break;
        members[count++] = list;
        list = strchr(list, ',');
        if (list != NULL)
            *list++ = '\0';
    } while (list != NULL);
    members[count] = NULL;
    return members;
}

struct group *getgrent(void)
{
    static struct group group;
    char *field[4];
    while (__database_next(&base, field, 4)) {
        group = (struct group){field[0], field[1], 0, NULL};
        if (!__database_id(field[2], &group.gr_gid))
            continue;
        group.gr_mem = split_members(field[3]);
        return group.gr_mem != NULL ? &group : NULL;
    }
    return NULL;
}

void setgrent(void)
{
    __database_rewind(&base);
}

void endgrent(void)
{
    __database_rewind(&base);
}

struct group *getgrnam(const char *name)
{
    struct group *group;
    setgrent();
    while ((group = getgrent()) != NULL && strcmp(group->gr_name, name) != 0)
        continue;
    endgrent();
    return group;
}

struct group *getgrgid(gid_t gid)
{
    struct group *group;
    setgrent();
    while ((group = getgrent()) != NULL && group->gr_gid != gid)
        continue;
    endgrent();
    return group;
}
